/* text.h - text that grows, and one escaping function for each target. Private to this
 * folder and cli/.
 *
 * Nothing here fails visibly: running out of memory is kept and text_finish() reports it.
 * Every string that did not originate in this folder goes through the escaping function
 * of its target; SQL needs none, since values are bound. */
#ifndef CROSSBILL_TEXT_H
#define CROSSBILL_TEXT_H

#include "report.h"

struct text {
    char *data;
    size_t size, capacity;
    bool failed;
};

void text_add_bytes(struct text *text, const char *bytes, size_t size);
void text_add(struct text *text, const char *literal);
void text_format(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- escaping: `string` as data inside ... ----
 * Broken UTF-8 and control characters become U+FFFD, but for those that the target can
 * hold. */

/* HTML and SVG: element content and quoted attributes. */
void text_markup(struct text *text, const char *string);
/* A field of RFC 4180, quoted where needed. One that a spreadsheet would take for a
 * formula, and that is no number, gets an apostrophe in front. */
void text_csv(struct text *text, const char *string);
/* A JSON string, with its quotes. Safe inside an HTML script element too. */
void text_json(struct text *text, const char *string);
/* Running text or a table cell of Markdown (GitHub's flavour), on one line. */
void text_markdown(struct text *text, const char *string);
/* A frame of a folded stack: without what separates frames. */
void text_folded(struct text *text, const char *string);
/* A line on a terminal: traces/escape.h. */
void text_terminal(struct text *text, const char *string);

/* ---- numbers ---- */

/* With `decimals` digits after the point and digits in groups of three from five digits
 * on, set apart by `group` (a string). NaN is a dash. */
void text_number(struct text *text, double number, int decimals, const char *group);
/* As few digits as tell it from any other number; JSON's and CSV's way. NaN: "null". */
void text_real(struct text *text, double number);

/* Hands the text over and clears it. False with CB_IO when memory ran out. */
bool text_finish(struct text *text, struct report_bytes *bytes, struct cb_error *error);
void text_drop(struct text *text);

#endif
