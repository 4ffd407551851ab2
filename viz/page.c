/* page.c - title and subtitle above, caption below, and the chart between them. */
#include "viz/frame.h"

#define MARGIN    16.0
#define HEAD_GAP  12.0
#define TITLE_GAP 3.0
#define FOOT_GAP  10.0

static struct ink words(enum font font, struct colour colour, double width)
{
    struct ink ink = {.font = font, .colour = colour, .max_width = width, .lines = 4};
    /* The caption says what was lost and on which machines: it is never cut. */
    if (font == FONT_SMALL)
        ink.lines = 1000;
    return ink;
}

static double words_height(struct canvas *canvas, enum font font, const char *text)
{
    if (!text || !*text)
        return 0;
    struct ink ink = words(font, COLOUR_INK, canvas->width - 2 * MARGIN);
    return text_size(canvas, &ink, text).h;
}

static double head_height(struct canvas *canvas, const struct viz_chart *chart)
{
    double subtitle = words_height(canvas, FONT_SUBTITLE, chart->subtitle);
    return MARGIN + words_height(canvas, FONT_TITLE, chart->title) +
           (subtitle > 0 ? TITLE_GAP + subtitle : 0) + HEAD_GAP;
}

static double foot_height(struct canvas *canvas, const struct viz_chart *chart)
{
    double caption = words_height(canvas, FONT_SMALL, chart->caption);
    return (caption > 0 ? FOOT_GAP + caption : 0) + MARGIN;
}

static struct heights body_heights(struct canvas *canvas, const struct viz_chart *chart)
{
    double width = canvas->width - 2 * MARGIN;
    switch (chart->kind) {
    case VIZ_BARS:
        return bars_heights(canvas, &chart->bars, width);
    case VIZ_LINES:
        return lines_heights(canvas, &chart->lines, width);
    case VIZ_HEATMAP:
        return heatmap_heights(canvas, &chart->heatmap, width);
    case VIZ_AREA:
        return area_heights(canvas, &chart->area, width);
    case VIZ_TIMELINE:
        return timeline_heights(canvas, &chart->timeline, width);
    case VIZ_DISTRIBUTION:
        return distribution_heights(canvas, &chart->distribution, width);
    }
    return (struct heights){0, 0};
}

static void body_draw(struct canvas *canvas, const struct viz_chart *chart,
                      struct box body)
{
    switch (chart->kind) {
    case VIZ_BARS:
        bars_draw(canvas, &chart->bars, body);
        return;
    case VIZ_LINES:
        lines_draw(canvas, &chart->lines, body);
        return;
    case VIZ_HEATMAP:
        heatmap_draw(canvas, &chart->heatmap, body);
        return;
    case VIZ_AREA:
        area_draw(canvas, &chart->area, body);
        return;
    case VIZ_TIMELINE:
        timeline_draw(canvas, &chart->timeline, body);
        return;
    case VIZ_DISTRIBUTION:
        distribution_draw(canvas, &chart->distribution, body);
        return;
    }
}

struct heights page_heights(struct canvas *canvas, const struct viz_chart *chart)
{
    struct heights heights = body_heights(canvas, chart);
    double around = head_height(canvas, chart) + foot_height(canvas, chart);
    return (struct heights){heights.natural + around, heights.least + around};
}

void page_draw(struct canvas *canvas, const struct viz_chart *chart, double height)
{
    use_colour(canvas, COLOUR_PAPER);
    cairo_rectangle(canvas->cairo, 0, 0, canvas->width, height);
    cairo_fill(canvas->cairo);

    double width = canvas->width - 2 * MARGIN;
    struct ink ink = words(FONT_TITLE, COLOUR_INK, width);
    struct box title = text_top(canvas, &ink, MARGIN, MARGIN, chart->title);
    ink = words(FONT_SUBTITLE, COLOUR_SOFT, width);
    if (chart->subtitle)
        text_top(canvas, &ink, MARGIN, title.y + title.h + TITLE_GAP, chart->subtitle);

    double top = head_height(canvas, chart), foot = foot_height(canvas, chart);
    body_draw(canvas, chart, (struct box){MARGIN, top, width, height - top - foot});

    ink = words(FONT_SMALL, COLOUR_SOFT, width);
    if (chart->caption)
        text_top(canvas, &ink, MARGIN, height - foot + FOOT_GAP, chart->caption);
}
