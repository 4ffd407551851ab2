/* letters.c - see letters.h. What it knows of viz's SVG: an outline is
 *
 *   <symbol overflow="visible" id="NAME-7">
 *   <path  d="..."/>
 *   </symbol>
 *
 * with no path for a blank, and a text a run of <use xlink:href="#NAME-7" x=".."
 * y=".."/>. Anything else is copied as it is. */
#include "letters.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYMBOL "<symbol overflow=\"visible\" id=\""
#define USE    "<use xlink:href=\"#"

enum { LOCAL_MOST = 4096, WORD_MOST = 64 }; /* outlines of a chart; letters of a word */
enum { OTHER = 0, BLANK = 1, FIRST = 2 };   /* what a chart's number stands for */

/* ---- numbers of strings ---- */

static size_t place_of(const struct letters_table *table, const char *key)
{
    size_t hash = 5381;
    for (const char *k = key; *k != '\0'; k++)
        hash = hash * 33 + (unsigned char)*k;
    size_t at = hash & (table->capacity - 1);
    while (table->keys[at] != NULL && strcmp(table->keys[at], key) != 0)
        at = (at + 1) & (table->capacity - 1);
    return at;
}

static bool grow(struct arena *arena, struct letters_table *table)
{
    struct letters_table larger = {.capacity =
                                       table->capacity == 0 ? 1024 : 2 * table->capacity,
                                   .count = table->count};
    larger.keys = arena_array(arena, larger.capacity, const char *);
    larger.numbers = arena_array(arena, larger.capacity, unsigned);
    if (larger.keys == NULL || larger.numbers == NULL)
        return false;
    for (size_t i = 0; i < table->capacity; i++) {
        if (table->keys[i] == NULL)
            continue;
        size_t at = place_of(&larger, table->keys[i]);
        larger.keys[at] = table->keys[i];
        larger.numbers[at] = table->numbers[i];
    }
    *table = larger;
    return true;
}

/* From 0 on, in the order in which they are first seen. */
static unsigned number_of(struct arena *arena, struct letters_table *table,
                          const char *key, bool *fresh)
{
    *fresh = false;
    if (2 * table->count >= table->capacity && !grow(arena, table))
        return 0;
    size_t at = place_of(table, key);
    if (table->keys[at] == NULL) {
        table->keys[at] = arena_print(arena, "%s", key);
        table->numbers[at] = (unsigned)table->count++;
        *fresh = true;
    }
    return table->numbers[at];
}

/* ---- a chart ---- */

struct letter {
    unsigned number;
    double x, y;
};

struct chart_text {
    struct letters *letters;
    struct text *out;
    unsigned
        local[LOCAL_MOST]; /* number in the chart: OTHER, BLANK, or FIRST + outline */
    struct letter word[WORD_MOST];
    size_t length;
};

/* In hundredths, without idle digits. */
static void add_place(struct text *text, const char *name, double value)
{
    char digits[48];
    snprintf(digits, sizeof digits, "%.2f", fabs(value) < 0.005 ? 0 : value);
    size_t end = strlen(digits);
    while (digits[end - 1] == '0')
        end--;
    end -= digits[end - 1] == '.';
    digits[end] = '\0';
    if (strcmp(digits, "0") != 0)
        text_format(text, " %s=\"%s\"", name, digits);
}

static void add_use(struct text *text, char kind, unsigned number, double x, double y)
{
    text_format(text, "<use href=\"#%c%u\"", kind, number);
    add_place(text, "x", x);
    add_place(text, "y", y);
    text_add(text, "/>");
}

/* Letters lie at hundredths of a pixel, each rounded for itself: in tenths, a word looks
 * the same wherever it stands. */
static const char *word_of(struct chart_text *chart)
{
    struct text text = {0};
    struct report_bytes bytes;
    for (size_t i = 0; i < chart->length; i++)
        add_use(&text, 'g', chart->word[i].number,
                round(10 * (chart->word[i].x - chart->word[0].x)) / 10,
                round(10 * (chart->word[i].y - chart->word[0].y)) / 10);
    if (!text_finish(&text, &bytes, NULL)) {
        chart->out->failed = true;
        return "";
    }
    const char *word = arena_print(&chart->letters->arena, "%s", bytes.data);
    free(bytes.data);
    return word;
}

static void end_word(struct chart_text *chart)
{
    const struct letter *first = &chart->word[0];
    if (chart->length == 1)
        add_use(chart->out, 'g', first->number, first->x, first->y);
    if (chart->length > 1) {
        bool fresh;
        const char *word = word_of(chart);
        unsigned number =
            number_of(&chart->letters->arena, &chart->letters->words, word, &fresh);
        if (fresh)
            text_format(&chart->letters->drawn, "<g id=\"w%u\">%s</g>\n", number, word);
        add_use(chart->out, 'w', number, first->x, first->y);
    }
    chart->length = 0;
}

/* "cb01ead12c-7" -> 7; 0 for what is no such name. */
static unsigned local_number(const char *name)
{
    size_t length = strcspn(name, "\"");
    const char *end = name + length;
    while (end > name && end[-1] >= '0' && end[-1] <= '9')
        end--;
    if (end == name || end[-1] != '-' || name + length - end > 4)
        return 0;
    unsigned number = (unsigned)strtoul(end, NULL, 10);
    return number < LOCAL_MOST ? number : 0;
}

/* The start of what stands behind an outline that began at `at`; NULL: it is none. */
static const char *take_symbol(struct chart_text *chart, const char *at)
{
    static const char path[] = "\">\n<path  d=\"", end[] = "\"/>\n</symbol>\n";
    unsigned local = local_number(at + strlen(SYMBOL));
    const char *d = strstr(at, path);
    const char *closed = strstr(at, end);
    if (local == 0 || d == NULL || closed == NULL || d + strlen(path) > closed)
        return NULL;
    d += strlen(path);
    bool fresh;
    struct letters *letters = chart->letters;
    const char *outline = arena_print(&letters->arena, "%.*s", (int)(closed - d), d);
    if (outline[0] == '\0') {
        chart->local[local] = BLANK;
        return closed + strlen(end);
    }
    unsigned number = number_of(&letters->arena, &letters->outlines, outline, &fresh);
    if (fresh)
        text_format(&letters->drawn, "<path id=\"g%u\" d=\"%s\"/>\n", number, outline);
    chart->local[local] = FIRST + number;
    return closed + strlen(end);
}

/* A letter; NULL: the reference is to something else. */
static const char *take_use(struct chart_text *chart, const char *at)
{
    unsigned local = local_number(at + strlen(USE));
    double x, y;
    int length = 0;
    const char *places = at + strlen(USE) + strcspn(at + strlen(USE), "\"");
    if (chart->local[local] == OTHER ||
        sscanf(places, "\" x=\"%lf\" y=\"%lf\"/>%n", &x, &y, &length) != 2 || length == 0)
        return NULL;
    if (chart->local[local] == BLANK || chart->length == WORD_MOST)
        end_word(chart);
    if (chart->local[local] != BLANK)
        chart->word[chart->length++] =
            (struct letter){.number = chart->local[local] - FIRST, .x = x, .y = y};
    at = places + length;
    const char *next = at + strspn(at, " \n");
    return strncmp(next, USE, strlen(USE)) == 0 ? next : at;
}

void letters_add_chart(struct letters *letters, struct text *text, const char *svg,
                       size_t size)
{
    struct chart_text chart = {.letters = letters, .out = text};
    const char *copied = svg;
    for (const char *at = svg; at < svg + size;) {
        const char *behind = NULL;
        if (strncmp(at, SYMBOL, strlen(SYMBOL)) == 0)
            behind = take_symbol(&chart, at);
        else if (strncmp(at, USE, strlen(USE)) == 0) {
            text_add_bytes(text, copied, (size_t)(at - copied));
            copied = at;
            behind = take_use(&chart, at);
            if (behind == NULL)
                end_word(&chart);
        }
        if (behind == NULL) {
            at++;
            continue;
        }
        if (at > copied)
            text_add_bytes(text, copied, (size_t)(at - copied));
        at = copied = behind;
        if (chart.length > 0 && strncmp(at, USE, strlen(USE)) != 0)
            end_word(&chart);
    }
    text_add_bytes(text, copied, (size_t)(svg + size - copied));
}

bool letters_add_all(struct letters *letters, struct text *text)
{
    if (letters->drawn.size > 0) {
        text_add(text, "<svg class=\"letters\" width=\"0\" height=\"0\" "
                       "aria-hidden=\"true\"><defs>\n");
        text_add_bytes(text, letters->drawn.data, letters->drawn.size);
        text_add(text, "</defs></svg>\n");
    }
    return !letters->arena.failed && !letters->drawn.failed;
}

void letters_free(struct letters *letters)
{
    text_drop(&letters->drawn);
    arena_free(&letters->arena);
    *letters = (struct letters){0};
}
