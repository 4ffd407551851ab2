#include "escape.h"

#include <stdint.h>
#include <string.h>

static uint32_t code_point(const unsigned char *s, size_t length)
{
    static const unsigned char lead[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t value = s[0] & lead[length];
    for (size_t i = 1; i < length; i++)
        value = value << 6 | (s[i] & 0x3f);
    return value;
}

size_t utf8_length(const char *string)
{
    const unsigned char *s = (const unsigned char *)string;
    if (s[0] < 0x80)
        return 1;
    if (s[0] < 0xc2 || s[0] > 0xf4)
        return 0;
    size_t length = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    uint32_t value = code_point(s, length);
    bool overlong = value < (length == 4 ? 0x10000u : length == 3 ? 0x800u : 0x80u);
    bool surrogate = value >= 0xd800 && value <= 0xdfff;
    return overlong || surrogate || value > 0x10ffff ? 0 : length;
}

/* Whether a terminal only shows it. */
static bool is_shown(uint32_t c)
{
    bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
    bool separator = c == 0x2028 || c == 0x2029;
    bool direction = c == 0x061c || c == 0x200e || c == 0x200f ||
                     (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
    return !control && !separator && !direction && c != 0xfeff;
}

/* A text under construction; what does not fit ends it. */
struct target {
    char *to;
    size_t room, used;
    bool full;
};

static void put(struct target *target, const char *bytes, size_t size)
{
    target->full |= size > target->room - target->used;
    if (target->full)
        return;
    memcpy(target->to + target->used, bytes, size);
    target->used += size;
}

static void put_byte(struct target *target, char byte)
{
    static const char hex[] = "0123456789abcdef";
    unsigned char c = (unsigned char)byte;
    put(target, (char[]){'\\', 'x', hex[c >> 4], hex[c & 15]}, 4);
}

size_t escape_terminal(char *to, size_t size, const char *from)
{
    if (size == 0)
        return 0;
    struct target target = {.to = to, .room = size - 1};
    while (*from != '\0' && !target.full) {
        size_t length = utf8_length(from);
        if (length > 0 && is_shown(code_point((const unsigned char *)from, length))) {
            put(&target, from, length);
            from += length;
        } else {
            for (size_t rest = length > 0 ? length : 1; rest > 0; rest--)
                put_byte(&target, *from++);
        }
    }
    to[target.used] = '\0';
    return target.used;
}

size_t escape_line(char *to, size_t size, const char *from)
{
    if (size == 0)
        return 0;
    struct target target = {.to = to, .room = size - 1};
    for (; *from != '\0' && !target.full; from++)
        if (*from == '\\')
            put(&target, "\\\\", 2);
        else if (*from >= 0x20 && *from < 0x7f)
            put(&target, from, 1);
        else
            put_byte(&target, *from);
    to[target.used] = '\0';
    return target.used;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The byte that the escape at *from stands for, which it moves over; 0 if it is none. */
static char take_escape(const char **from)
{
    const char *p = *from;
    if (p[1] == '\\') {
        *from += 2;
        return '\\';
    }
    if (p[1] != 'x' || digit(p[2]) < 0 || digit(p[3]) < 0)
        return '\0';
    *from += 4;
    return (char)(digit(p[2]) << 4 | digit(p[3]));
}

bool unescape_line(char *to, size_t size, const char *from)
{
    size_t used = 0;
    while (*from != '\0') {
        char c = *from == '\\' ? take_escape(&from) : *from++;
        if (c == '\0' || used + 1 >= size)
            return false;
        to[used++] = c;
    }
    if (used >= size)
        return false;
    to[used] = '\0';
    return true;
}
