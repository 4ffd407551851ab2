/* import_words.c - the words in a line of text. */
#include "importer.h"

void skip_blanks(const char **at)
{
    while (**at == ' ' || **at == '\t')
        ++*at;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 16;
}

static bool take_digits(const char **at, unsigned base, uint64_t *value)
{
    const char *p = *at;
    uint64_t result = 0;
    for (; (unsigned)digit_of(*p) < base; p++) {
        uint64_t digit = (uint64_t)digit_of(*p);
        if (result > (UINT64_MAX - digit) / base)
            return false;
        result = result * base + digit;
    }
    if (p == *at)
        return false;
    *value = result;
    *at = p;
    return true;
}

static bool has_prefix(const char *p)
{
    return p[0] == '0' && (p[1] == 'x' || p[1] == 'X') && digit_of(p[2]) < 16;
}

bool take_hexadecimal(const char **at, uint64_t *value)
{
    const char *p = has_prefix(*at) ? *at + 2 : *at;
    if (!take_digits(&p, 16, value))
        return false;
    *at = p;
    return true;
}

bool take_decimal(const char **at, uint64_t *value)
{
    return take_digits(at, 10, value);
}

bool take_number(const char **at, uint64_t *value)
{
    return has_prefix(*at) ? take_hexadecimal(at, value) : take_decimal(at, value);
}

bool take_char(const char **at, char c)
{
    if (**at != c)
        return false;
    ++*at;
    return true;
}

bool take_word(const char **at, char *word, size_t size)
{
    size_t length = strcspn(*at, " \t");
    if (length == 0)
        return false;
    snprintf(word, size, "%.*s", (int)(length < size ? length : size), *at);
    *at += length;
    return true;
}
