#include "embedded.h"

/* The assembler reads the files, so they need no generated copy. The Makefile makes this
 * object depend on them. */
#define EMBED(symbol, path)                                                              \
    __asm__(".pushsection .rodata\n"                                                     \
            ".globl " #symbol "\n"                                                       \
            ".hidden " #symbol "\n"                                                      \
            ".type " #symbol ", @object\n" #symbol ":\n"                                 \
            ".incbin \"" path "\"\n"                                                     \
            ".byte 0\n"                                                                  \
            ".size " #symbol ", . - " #symbol "\n"                                       \
            ".popsection\n")

EMBED(embedded_schema, "reports/schema.sql");
EMBED(embedded_style, "reports/style.css");
EMBED(embedded_script, "reports/script.js");
