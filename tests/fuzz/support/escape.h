/* escape.h - what the targets of escaping functions share. What must come out is computed
 * with GLib's UTF-8, not with ours. */
#ifndef CROSSBILL_FUZZ_ESCAPE_H
#define CROSSBILL_FUZZ_ESCAPE_H

#include "fuzz.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define MUST(condition)                                                                  \
    do                                                                                   \
        if (!(condition))                                                                \
            abort();                                                                     \
    while (0)

/* The input as a string, up to its first NUL. */
static inline char *fuzz_string(const uint8_t *data, size_t size)
{
    char *string = strndup((const char *)data, size);
    MUST(string != NULL);
    return string;
}

/* Bytes of the well-formed character at `c`. */
static inline size_t fuzz_length(const char *c)
{
    return (size_t)g_utf8_skip[(unsigned char)*c];
}

static inline gboolean fuzz_is_control(gunichar c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

/* The text that is meant: U+FFFD for broken bytes and for control characters but `kept`;
 * `changed` characters become `to`. */
static inline GString *fuzz_clean(const char *string, const char *kept,
                                  const char *changed, char to)
{
    GString *clean = g_string_new(NULL);
    while (*string != '\0') {
        gunichar c = g_utf8_get_char_validated(string, -1);
        gboolean broken = c == (gunichar)-1 || c == (gunichar)-2;
        if (!broken && c < 0x80 && strchr(changed, (int)c) != NULL)
            g_string_append_c(clean, to);
        else if (broken || (fuzz_is_control(c) && (c >= 0x80 || !strchr(kept, (int)c))))
            g_string_append_unichar(clean, 0xfffd);
        else
            g_string_append_unichar(clean, c);
        string += broken ? 1 : fuzz_length(string);
    }
    return clean;
}

/* Undoes the entities of markup in place; anything else with "&" is wrong. */
static inline void fuzz_decode_entities(char *text)
{
    static const struct {
        const char *entity;
        char c;
    } entities[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
    char *to = text;
    while (*text != '\0') {
        size_t i = 0, count = sizeof entities / sizeof *entities;
        while (i < count && !g_str_has_prefix(text, entities[i].entity))
            i++;
        MUST(*text != '&' || i < count);
        *to++ = i < count ? entities[i].c : *text;
        text += i < count ? strlen(entities[i].entity) : 1;
    }
    *to = '\0';
}

#endif
