/* key.c - what the fills mean, where they cannot be labelled directly. */
#include "viz/frame.h"

#include <math.h>

#define SWATCH_WIDTH  20.0
#define SWATCH_HEIGHT 11.0
#define SWATCH_GAP    5.0
#define ENTRY_GAP     14.0
#define HEADING_GAP   10.0
#define LINE_GAP      4.0
#define BELOW         10.0

void key_add(struct key *key, const char *name, size_t swatch, bool new_line)
{
    if (key->count == MAX_KEY)
        return;
    key->entries[key->count].name = name;
    key->entries[key->count].swatch = swatch;
    key->entries[key->count++].new_line = new_line;
}

static struct ink entry_ink(const struct key *key, size_t i, double width)
{
    bool heading = key->entries[i].swatch == KEY_HEADING;
    return (struct ink){.font = heading ? FONT_STRONG : FONT_LABEL,
                        .colour = COLOUR_INK,
                        .max_width = fmin(width - SWATCH_WIDTH - SWATCH_GAP, 260)};
}

/* Headings stand in a column of their own, as wide as the widest. */
static double heading_column(struct canvas *canvas, const struct key *key)
{
    double widest = 0;
    for (size_t i = 0; i < key->count; i++)
        if (key->entries[i].swatch == KEY_HEADING)
            widest = fmax(widest, text_width(canvas, FONT_STRONG, key->entries[i].name));
    return widest > 0 ? widest + HEADING_GAP : 0;
}

/* Walk the entries; draw them at (x, y) unless `measure`. Returns the height. */
static double flow(struct canvas *canvas, const struct key *key, double x, double y,
                   double width, bool measure)
{
    double line = line_height(canvas, FONT_LABEL), start = heading_column(canvas, key);
    double at = start, down = 0;
    bool line_is_empty = true;
    for (size_t i = 0; i < key->count; i++) {
        struct ink ink = entry_ink(key, i, width - start);
        bool heading = key->entries[i].swatch == KEY_HEADING;
        double needed =
            SWATCH_WIDTH + SWATCH_GAP + text_size(canvas, &ink, key->entries[i].name).w;
        bool full = !heading && at + needed > width;
        if (!line_is_empty && (full || key->entries[i].new_line)) {
            at = start;
            down += line + LINE_GAP;
        }
        line_is_empty = heading;
        if (heading) {
            if (!measure)
                text_top(canvas, &ink, x, y + down, key->entries[i].name);
            continue;
        }
        if (!measure) {
            key->swatch(canvas, key->context, key->entries[i].swatch,
                        (struct box){x + at, y + down + (line - SWATCH_HEIGHT) / 2,
                                     SWATCH_WIDTH, SWATCH_HEIGHT});
            text_top(canvas, &ink, x + at + SWATCH_WIDTH + SWATCH_GAP, y + down,
                     key->entries[i].name);
        }
        at += needed + ENTRY_GAP;
    }
    return down + line + BELOW;
}

double key_height(struct canvas *canvas, const struct key *key, double width)
{
    return key->count == 0 ? 0 : flow(canvas, key, 0, 0, width, true);
}

void key_draw(struct canvas *canvas, const struct key *key, double x, double y,
              double width)
{
    flow(canvas, key, x, y, width, false);
}
