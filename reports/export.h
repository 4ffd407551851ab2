/* export.h - one function for each format that a whole report can be had in. Private to
 * this folder. */
#ifndef CROSSBILL_EXPORT_H
#define CROSSBILL_EXPORT_H

#include "report.h"

typedef bool exporter(struct report *report, struct report_bytes *bytes,
                      struct cb_error *error);
exporter export_json, export_html, export_markdown, export_pdf, export_folded;

#endif
