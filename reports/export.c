#include "export.h"

bool report_export(struct report *report, enum report_format format,
                   struct report_bytes *bytes, struct cb_error *error)
{
    switch (format) {
    case REPORT_HTML:
        return export_html(report, bytes, error);
    case REPORT_MARKDOWN:
        return export_markdown(report, bytes, error);
    case REPORT_JSON:
        return export_json(report, bytes, error);
    case REPORT_PAPER:
        return export_pdf(report, bytes, error);
    case REPORT_FOLDED:
        return export_folded(report, bytes, error);
    }
    return cb_error_set(error, CB_USAGE, "there is no such format");
}
