/* number.c - how numbers are written; see scale.h. */
#include "viz/scale.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define THIN  "\u202f" /* narrow no-break space */
#define MINUS "\u2212"

/* Digits of |value| with this many decimals, thousands set apart from 10 000 on. Trailing
 * zeros after the point go unless `keep` is set. */
static void write_decimal(double value, int decimals, bool keep, char text[NUMBER_SIZE])
{
    char digits[400], ascii[G_ASCII_DTOSTR_BUF_SIZE];
    /* printf follows the locale's decimal point, so format through GLib. */
    if (fabs(value) < 1e15) {
        char format[8];
        snprintf(format, sizeof format, "%%.%df", decimals);
        g_ascii_formatd(digits, sizeof digits, format, fabs(value));
    } else {
        g_strlcpy(digits, g_ascii_formatd(ascii, sizeof ascii, "%.3e", fabs(value)),
                  sizeof digits);
        keep = true;
    }
    char *point = strchr(digits, '.');
    if (point && !keep) {
        char *end = point + strlen(point) - 1;
        while (*end == '0')
            *end-- = '\0';
        if (end == point)
            *end = '\0';
    }
    point = strchr(digits, '.');
    size_t whole = point ? (size_t)(point - digits) : strlen(digits);
    bool is_zero = strspn(digits, "0.") == strlen(digits);
    GString *out = g_string_new(value < 0 && !is_zero ? MINUS : "");
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && whole > 4 && (whole - i) % 3 == 0 && fabs(value) < 1e15)
            g_string_append(out, THIN);
        g_string_append_c(out, digits[i]);
    }
    g_string_append(out, digits + whole);
    g_strlcpy(text, out->str, NUMBER_SIZE);
    g_string_free(out, TRUE);
}

static void append_power(GString *out, const char *base, int exponent)
{
    static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴",
                                         "⁵", "⁶", "⁷", "⁸", "⁹"};
    char digits[16];
    snprintf(digits, sizeof digits, "%d", exponent < 0 ? -exponent : exponent);
    g_string_append(out, base);
    if (exponent < 0)
        g_string_append(out, "⁻");
    for (const char *d = digits; *d; d++)
        g_string_append(out, raised[*d - '0']);
}

/* "2.1×10⁻⁵" */
static void write_scientific(double value, char text[NUMBER_SIZE])
{
    int exponent = (int)floor(log10(fabs(value)));
    double mantissa = round(value / pow(10, exponent) * 100) / 100;
    if (fabs(mantissa) >= 10) {
        mantissa /= 10;
        exponent++;
    }
    char digits[NUMBER_SIZE];
    write_decimal(mantissa, 2, false, digits);
    GString *out = g_string_new("");
    if (strcmp(digits, "1") != 0)
        g_string_append_printf(out, "%s×", digits);
    append_power(out, "10", exponent);
    g_strlcpy(text, out->str, NUMBER_SIZE);
    g_string_free(out, TRUE);
}

static int decimals_for_figures(double value, int figures)
{
    int decimals = figures - 1 - (int)floor(log10(fabs(value)));
    return decimals < 0 ? 0 : decimals;
}

/* The SI prefix for numbers of this size: a million and more get one. */
static const char *prefix_of(double size, double *unit)
{
    static const struct {
        double unit;
        const char *name;
    } prefixes[] = {{1e15, "P"}, {1e12, "T"}, {1e9, "G"}, {1e6, "M"}};
    for (int i = 0; i < 4; i++)
        if (size >= prefixes[i].unit) {
            *unit = prefixes[i].unit;
            return prefixes[i].name;
        }
    *unit = 1;
    return "";
}

static void plain_short(double value, char text[NUMBER_SIZE])
{
    double size = fabs(value), unit;
    if (value == 0) {
        g_strlcpy(text, "0", NUMBER_SIZE);
        return;
    }
    if (size < 1e-4 || size >= 999.95e15) {
        write_scientific(value, text);
        return;
    }
    const char *prefix = prefix_of(size * (1 + 5e-7), &unit);
    double shown = value / unit;
    write_decimal(shown, decimals_for_figures(shown, 3), false, text);
    if (*prefix) {
        g_strlcat(text, THIN, NUMBER_SIZE);
        g_strlcat(text, prefix, NUMBER_SIZE);
    }
}

static void bytes_short(double value, char text[NUMBER_SIZE])
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    int i = 0;
    while (fabs(value) >= 1024 && i < 4) {
        value /= 1024;
        i++;
    }
    plain_short(value, text);
    g_strlcat(text, THIN, NUMBER_SIZE);
    g_strlcat(text, units[i], NUMBER_SIZE);
}

void number_short(double value, enum viz_numbers numbers, char text[NUMBER_SIZE])
{
    switch (numbers) {
    case VIZ_PLAIN:
        plain_short(value, text);
        return;
    case VIZ_BYTES:
        bytes_short(value, text);
        return;
    case VIZ_PERCENT:
        plain_short(value * 100, text);
        g_strlcat(text, THIN "%", NUMBER_SIZE);
        return;
    }
}

void number_full(double value, enum viz_numbers numbers, char text[NUMBER_SIZE])
{
    switch (numbers) {
    case VIZ_PLAIN:
        if (fabs(value) < 1 || fabs(value) >= 1e15)
            plain_short(value, text);
        else
            write_decimal(value, 3, false, text);
        return;
    case VIZ_BYTES:
    case VIZ_PERCENT:
        number_short(value, numbers, text);
        return;
    }
}

/* The decimals that tell neighbours apart: 0.25 needs two. */
static int decimals_for_step(double step)
{
    int decimals = 0;
    for (; decimals < 12; decimals++) {
        double shifted = step * pow(10, decimals);
        if (fabs(shifted - round(shifted)) < 1e-6 * shifted)
            break;
    }
    return decimals;
}

static void linear_tick(double value, double size, double step, char text[NUMBER_SIZE])
{
    double unit;
    if (value == 0 || step < 1e-4 || size >= 1e18) {
        plain_short(value, text);
        return;
    }
    const char *prefix = prefix_of(size, &unit);
    write_decimal(value / unit, decimals_for_step(step / unit), true, text);
    if (*prefix) {
        g_strlcat(text, THIN, NUMBER_SIZE);
        g_strlcat(text, prefix, NUMBER_SIZE);
    }
}

static void log2_tick(double value, char text[NUMBER_SIZE])
{
    if (value >= 1.0 / 16 && value <= 524288) {
        write_decimal(value, 4, false, text);
        return;
    }
    GString *out = g_string_new("");
    append_power(out, "2", (int)lround(log2(value)));
    g_strlcpy(text, out->str, NUMBER_SIZE);
    g_string_free(out, TRUE);
}

void number_tick(double value, enum viz_numbers numbers, const struct ticks *ticks,
                 enum viz_scale kind, char text[NUMBER_SIZE])
{
    double size = 0;
    for (size_t i = 0; i < ticks->count; i++)
        size = fmax(size, fabs(ticks->at[i]));
    if (numbers == VIZ_BYTES) {
        bytes_short(value, text);
        return;
    }
    double factor = numbers == VIZ_PERCENT ? 100 : 1;
    switch (kind) {
    case VIZ_LINEAR:
        linear_tick(value * factor, size * factor, ticks->step * factor, text);
        break;
    case VIZ_LOG2:
        if (numbers == VIZ_PERCENT)
            plain_short(value * factor, text);
        else
            log2_tick(value, text);
        break;
    case VIZ_LOG10:
        if (value * factor >= 1e6)
            write_scientific(value * factor, text);
        else
            plain_short(value * factor, text);
        break;
    }
    if (numbers == VIZ_PERCENT)
        g_strlcat(text, THIN "%", NUMBER_SIZE);
}

char *number_with_unit(double value, const struct viz_axis *axis)
{
    char text[NUMBER_SIZE];
    number_full(value, axis->numbers, text);
    return axis->unit ? g_strdup_printf("%s %s", text, axis->unit) : g_strdup(text);
}
