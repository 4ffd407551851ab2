/* report_readers.h - the ways to read a report, for tests that let something fail
 * meanwhile.
 */
#ifndef CROSSBILL_REPORT_READERS_H
#define CROSSBILL_REPORT_READERS_H

#include "report_fixture.h"

/* How many of `count` failures to try: FAULTS, a number or "each"; without it, `few`. */
static inline long tries_of(long count, long few)
{
    const char *text = getenv("FAULTS");
    long most = text == NULL ? few : strtol(text, NULL, 10);
    return most > 0 && most < count ? most : count;
}

typedef bool reader(struct report *report, struct report_bytes *bytes,
                    struct cb_error *error);

static inline bool read_html(struct report *report, struct report_bytes *bytes,
                             struct cb_error *error)
{
    return report_export(report, REPORT_HTML, bytes, error);
}

static inline bool read_markdown(struct report *report, struct report_bytes *bytes,
                                 struct cb_error *error)
{
    return report_export(report, REPORT_MARKDOWN, bytes, error);
}

static inline bool read_json(struct report *report, struct report_bytes *bytes,
                             struct cb_error *error)
{
    return report_export(report, REPORT_JSON, bytes, error);
}

static inline bool read_paper(struct report *report, struct report_bytes *bytes,
                              struct cb_error *error)
{
    return report_export(report, REPORT_PAPER, bytes, error);
}

static inline bool read_folded(struct report *report, struct report_bytes *bytes,
                               struct cb_error *error)
{
    return report_export(report, REPORT_FOLDED, bytes, error);
}

static inline bool read_csv(struct report *report, struct report_bytes *bytes,
                            struct cb_error *error)
{
    return report_csv(report, "ledger", bytes, error);
}

static inline bool read_chart(struct report *report, struct report_bytes *bytes,
                              struct cb_error *error)
{
    return report_draw_chart(report, "domain-size", REPORT_SVG, bytes, error);
}

static inline bool read_charts(struct report *report, struct report_bytes *bytes,
                               struct cb_error *error)
{
    struct report_chart *charts;
    size_t count;
    if (!report_charts(report, &charts, &count, error))
        return false;
    bytes->data = (char *)charts;
    bytes->size = count * sizeof *charts;
    return true;
}

static inline bool read_summary(struct report *report, struct report_bytes *bytes,
                                struct cb_error *error)
{
    return report_summary(report, bytes, error);
}

#endif
