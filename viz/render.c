/* render.c - from a descriptor to SVG, PNG or PDF, or to marks and texts. */
#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "viz/frame.h"
#include "viz/svg.h"

#define DEFAULT_WIDTH 760.0
#define LEAST_WIDTH   320.0
#define LEAST_HEIGHT  240.0
#define MOST          4000.0
#define DEFAULT_SCALE 2.0
#define MOST_SCALE    8.0
#define POINTS        0.75 /* of 1/72 inch to a length of 1/96 inch */

static bool refuse(char *why, size_t why_size, const char *sentence)
{
    if (why && why_size > 0)
        g_strlcpy(why, sentence, why_size);
    return false;
}

/* ---- size ---- */

static bool size_check(struct viz_size *size, char *why, size_t why_size)
{
    if (size->width == 0)
        size->width = DEFAULT_WIDTH;
    if (size->scale == 0)
        size->scale = DEFAULT_SCALE;
    if (!(size->width >= LEAST_WIDTH && size->width <= MOST))
        return refuse(why, why_size, "the width must be between 320 and 4000");
    if (size->height != 0 && !(size->height >= LEAST_HEIGHT && size->height <= MOST))
        return refuse(why, why_size, "the height must be between 240 and 4000, or 0");
    if (!(size->scale > 0 && size->scale <= MOST_SCALE))
        return refuse(why, why_size, "the scale must be above 0 and at most 8");
    return true;
}

/* Nothing is drawn here: it gives text something to be measured for. */
static cairo_surface_t *no_surface(void)
{
    return cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, NULL);
}

/* Checks chart and size, and settles the height. */
static bool settle(const struct viz_chart *chart, struct viz_size *size, char *why,
                   size_t why_size)
{
    if (!chart_check(chart, why, why_size) || !size_check(size, why, why_size))
        return false;
    cairo_surface_t *surface = no_surface();
    cairo_t *cairo = cairo_create(surface);
    struct canvas canvas;
    canvas_begin(&canvas, cairo, size->width);
    struct heights heights = page_heights(&canvas, chart);
    canvas_end(&canvas);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    if (size->height == 0)
        size->height = ceil(fmax(heights.natural, LEAST_HEIGHT));
    if (size->height >= floor(heights.least))
        return true;
    char sentence[120];
    snprintf(sentence, sizeof sentence,
             "a height of %.0f is too little: this chart needs at least %.0f",
             size->height, ceil(heights.least));
    return refuse(why, why_size, sentence);
}

/* ---- drawing ---- */

static void draw_on(const struct viz_chart *chart, const struct viz_size *size,
                    cairo_t *cairo)
{
    struct canvas canvas;
    cairo_save(cairo);
    canvas_begin(&canvas, cairo, size->width);
    page_draw(&canvas, chart, size->height);
    canvas_end(&canvas);
    cairo_restore(cairo);
}

bool viz_draw(const struct viz_chart *chart, struct viz_size size, struct _cairo *cairo,
              double *height, char *why, size_t why_size)
{
    if (!settle(chart, &size, why, why_size))
        return false;
    draw_on(chart, &size, cairo);
    if (height)
        *height = size.height;
    if (cairo_status(cairo) != CAIRO_STATUS_SUCCESS)
        return refuse(why, why_size, cairo_status_to_string(cairo_status(cairo)));
    return true;
}

/* ---- formats ---- */

static cairo_status_t collect(void *context, const unsigned char *data, unsigned length)
{
    GString *bytes = context;
    g_string_append_len(bytes, (const char *)data, (gssize)length);
    return CAIRO_STATUS_SUCCESS;
}

static char *alternative_text(const struct viz_chart *chart)
{
    char *words;
    if (chart->alt && *chart->alt)
        return clean_text(chart->alt);
    words = chart->subtitle && *chart->subtitle
                ? g_strdup_printf("%s. %s", chart->title, chart->subtitle)
                : g_strdup(chart->title);
    char *clean = clean_text(words);
    g_free(words);
    return clean;
}

static void pdf_describe(cairo_surface_t *surface, const struct viz_chart *chart)
{
    char *title = clean_text(chart->title), *alt = alternative_text(chart);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, alt);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "crossbill");
    /* An empty date is left out; without this it would be today's. */
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "");
    g_free(title);
    g_free(alt);
}

static cairo_surface_t *surface_for(const struct viz_chart *chart, enum viz_format format,
                                    const struct viz_size *size, GString *bytes)
{
    cairo_surface_t *surface = NULL;
    switch (format) {
    case VIZ_SVG:
        surface = cairo_svg_surface_create_for_stream(collect, bytes, size->width,
                                                      size->height);
        cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX);
        break;
    case VIZ_PNG:
        surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24,
                                             (int)ceil(size->width * size->scale),
                                             (int)ceil(size->height * size->scale));
        cairo_surface_set_device_scale(surface, size->scale, size->scale);
        break;
    case VIZ_PDF:
        surface = cairo_pdf_surface_create_for_stream(
            collect, bytes, size->width * POINTS, size->height * POINTS);
        cairo_surface_set_device_scale(surface, POINTS, POINTS);
        pdf_describe(surface, chart);
        break;
    }
    return surface;
}

static void finish_svg(GString **bytes, const struct viz_chart *chart)
{
    char *title = clean_text(chart->title), *alt = alternative_text(chart);
    GString *page = svg_for_page((*bytes)->str, title, alt);
    g_free(title);
    g_free(alt);
    if (!page)
        return;
    g_string_free(*bytes, TRUE);
    *bytes = page;
}

/* NULL with a sentence on error. */
static GString *render(const struct viz_chart *chart, enum viz_format format,
                       struct viz_size size, char *why, size_t why_size)
{
    if ((unsigned)format > VIZ_PDF) {
        refuse(why, why_size, "the format is unknown");
        return NULL;
    }
    if (!settle(chart, &size, why, why_size))
        return NULL;
    GString *bytes = g_string_new(NULL);
    cairo_surface_t *surface = surface_for(chart, format, &size, bytes);
    cairo_t *cairo = cairo_create(surface);
    draw_on(chart, &size, cairo);
    cairo_status_t status = cairo_status(cairo);
    cairo_destroy(cairo);
    if (status == CAIRO_STATUS_SUCCESS && format == VIZ_PNG)
        status = cairo_surface_write_to_png_stream(surface, collect, bytes);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (status != CAIRO_STATUS_SUCCESS) {
        refuse(why, why_size, cairo_status_to_string(status));
        g_string_free(bytes, TRUE);
        return NULL;
    }
    if (format == VIZ_SVG)
        finish_svg(&bytes, chart);
    return bytes;
}

bool viz_render(const struct viz_chart *chart, enum viz_format format,
                struct viz_size size,
                bool (*write)(void *context, const void *bytes, size_t count),
                void *context, char *why, size_t why_size)
{
    GString *bytes = render(chart, format, size, why, why_size);
    if (!bytes)
        return false;
    bool written = write(context, bytes->str, bytes->len);
    g_string_free(bytes, TRUE);
    return written || refuse(why, why_size, "the chart could not be written");
}

bool viz_render_memory(const struct viz_chart *chart, enum viz_format format,
                       struct viz_size size, char **bytes, size_t *count, char *why,
                       size_t why_size)
{
    GString *all = render(chart, format, size, why, why_size);
    if (!all)
        return false;
    *count = all->len;
    *bytes = g_string_free(all, FALSE); /* GLib allocates with malloc */
    return true;
}

/* ---- files ---- */

static bool write_all(int file, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t written = write(file, bytes, count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        count -= (size_t)written;
    }
    return true;
}

/* Closes the file. On failure errno says why. */
static bool write_and_close(int file, const GString *bytes, bool sync)
{
    bool done = write_all(file, bytes->str, bytes->len) && (!sync || fsync(file) == 0);
    int problem = errno;
    if (close(file) != 0 && done)
        return false;
    errno = problem;
    return done;
}

/* A new file beside the path, so that the rename stays on one file system. */
static int open_beside(const char *path, char **beside)
{
    for (int attempt = 0; attempt < 100; attempt++) {
        *beside = g_strdup_printf("%s.%ld-%d.part", path, (long)getpid(), attempt);
        int file = open(*beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file >= 0 || errno != EEXIST)
            return file;
        g_free(*beside);
    }
    *beside = NULL;
    return -1;
}

static bool replace_file(const char *path, const GString *bytes)
{
    char *beside;
    int file = open_beside(path, &beside);
    bool done =
        file >= 0 && write_and_close(file, bytes, true) && rename(beside, path) == 0;
    int problem = errno;
    if (!done && file >= 0)
        unlink(beside);
    g_free(beside);
    errno = problem;
    return done;
}

/* A pipe or a device takes the bytes itself, and a link stays one: only what the path
 * leads to is replaced, and only when it is an ordinary file. */
static bool write_file(const char *path, const GString *bytes)
{
    struct stat what;
    if (stat(path, &what) != 0)
        return replace_file(path, bytes);
    if (!S_ISREG(what.st_mode)) {
        int file = open(path, O_WRONLY | O_CLOEXEC);
        return file >= 0 && write_and_close(file, bytes, false);
    }
    char *target = realpath(path, NULL);
    bool done = target && replace_file(target, bytes);
    int problem = errno;
    free(target);
    errno = problem;
    return done;
}

bool viz_render_file(const struct viz_chart *chart, enum viz_format format,
                     struct viz_size size, const char *path, char *why, size_t why_size)
{
    GString *bytes = render(chart, format, size, why, why_size);
    if (!bytes)
        return false;
    bool done = write_file(path, bytes);
    int problem = errno;
    g_string_free(bytes, TRUE);
    return done || refuse(why, why_size, g_strerror(problem));
}

/* ---- values ---- */

struct viz_values *viz_values(const struct viz_chart *chart, struct viz_size size,
                              char *why, size_t why_size)
{
    if (!settle(chart, &size, why, why_size))
        return NULL;
    cairo_surface_t *surface = no_surface();
    cairo_t *cairo = cairo_create(surface);
    struct canvas canvas;
    canvas_begin(&canvas, cairo, size.width);
    page_draw(&canvas, chart, size.height);

    struct viz_values *values = g_new0(struct viz_values, 1);
    values->width = size.width;
    values->height = size.height;
    values->mark_count = canvas.marks->len;
    values->marks =
        g_memdup2(canvas.marks->data, canvas.marks->len * sizeof(struct viz_mark));
    values->text_count = canvas.texts->len;
    values->texts =
        g_memdup2(canvas.texts->data, canvas.texts->len * sizeof(struct viz_text_box));
    /* The strings now belong to the copies. */
    g_array_set_size(canvas.marks, 0);
    g_array_set_size(canvas.texts, 0);
    canvas_end(&canvas);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    table_fill(chart, values);
    return values;
}

void viz_values_free(struct viz_values *values)
{
    if (!values)
        return;
    for (size_t i = 0; i < values->mark_count; i++) {
        g_free(values->marks[i].label);
        g_free(values->marks[i].text);
    }
    for (size_t i = 0; i < values->text_count; i++)
        g_free(values->texts[i].text);
    for (size_t i = 0; i < values->column_count; i++)
        g_free(values->headings[i]);
    for (size_t i = 0; i < values->column_count * values->row_count; i++)
        g_free(values->cells[i]);
    g_free(values->marks);
    g_free(values->texts);
    g_free(values->headings);
    g_free(values->is_number);
    g_free(values->cells);
    g_free(values);
}
