/* embedded.h - the text files of this folder, as they are, inside the program. Each ends
 * with a NUL. */
#ifndef CROSSBILL_EMBEDDED_H
#define CROSSBILL_EMBEDDED_H

extern const char embedded_schema[]; /* schema.sql */
extern const char embedded_style[];  /* style.css */
extern const char embedded_script[]; /* script.js */

#endif
