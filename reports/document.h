/* document.h - a report as a sequence of blocks, computed from the file once and written
 * out as HTML, Markdown or PDF. Private to this folder.
 *
 * Texts are plain: each format escapes them in its own way. */
#ifndef CROSSBILL_DOCUMENT_H
#define CROSSBILL_DOCUMENT_H

#include "chart.h"

enum block_kind {
    BLOCK_CHAPTER,   /* text: its title; id: its name in links */
    BLOCK_SECTION,   /* text: a heading within a chapter */
    BLOCK_PARAGRAPH, /* text */
    BLOCK_ITEM,      /* text: an item of a list; items in a run are one list */
    BLOCK_CHARGE,    /* text: what is said against microkernels; note: who says so */
    BLOCK_VERDICT,   /* text: what the data say to the charge; note: one word of it */
    BLOCK_WARNING,   /* text: what limits what this report can say */
    BLOCK_TABLE,     /* text: caption; table */
    BLOCK_CHART,     /* chart; text: what stands below it, may be NULL */
    BLOCK_EXPLORER   /* the sweeps, to be chosen from; text: what it is. HTML only */
};

/* How a column of a table is shown. */
struct column {
    const char *heading;
    int decimals; /* of numbers, at most; -1: as it is */
};

struct table {
    const struct column *columns; /* as many as the grid has */
    struct grid grid;
};

struct block {
    enum block_kind kind;
    const char *text, *note, *id;
    bool folded; /* long: readers who want it unfold it */
    struct table table;
    struct viz_chart chart;
    const char *chart_name;
    struct block *next;
};

struct document {
    struct report *report;
    struct arena arena;
    struct block *first, *last;
    const char *title;
    size_t drawing_count, drawing_capacity;
    struct drawing *drawings; /* whose memory the charts use */
    const char **machines;    /* labels, machine_count of them */
    int64_t *machine_ids;
    size_t machine_count;
    struct chart_instance *instances;
    size_t instance_count;
};

/* A document with no blocks yet, and one with all of them. */
bool document_open(struct report *report, struct document *document,
                   struct cb_error *error);
bool document_build(struct report *report, struct document *document,
                    struct cb_error *error);
/* Frees it and returns `ok`; or false, with CB_IO, if memory has run out. */
bool document_end(struct document *document, bool ok, struct cb_error *error);

/* ---- for the files that write chapters ---- */

/* NULL when memory ran out (kept in the arena). */
struct block *document_add(struct document *document, enum block_kind kind,
                           const char *text);
#define document_print(document, kind, ...)                                              \
    document_add(document, kind, arena_print(&(document)->arena, __VA_ARGS__))

/* The rows of a query as a table; nothing is added when there are none. The query's
 * columns are `columns`, in order. Columns that are null throughout are left out, and so
 * are decimals that no number in a column needs. */
bool document_table(struct document *document, const char *caption, bool folded,
                    const struct column *columns, const char *query,
                    const struct sql_value *values, size_t count, struct cb_error *error);

/* A machine of the document as the subject of charts and curves. */
struct chart_subject document_machine(const struct document *document, size_t machine);

/* The charts of a kind, one per machine where it has several; those without data are left
 * out. */
bool document_charts(struct document *document, const char *kind, const char *below,
                     struct cb_error *error);

/* Those of the first machine alone, where each has several. */
bool document_charts_of_one(struct document *document, const char *kind,
                            const char *below, struct cb_error *error);

typedef bool chapter(struct document *document, struct cb_error *error);
chapter chapter_summary, chapter_crossings, chapter_spaces, chapter_ipc, chapter_memory,
    chapter_matrix, chapter_sweeps, chapter_closed_form, chapter_claims,
    chapter_provenance;

#endif
