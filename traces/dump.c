#include "dump.h"

#include "escape.h"
#include "reader.h"

#include <stdlib.h>

static char *put_word(char *to, const char *word)
{
    while (*word != '\0')
        *to++ = *word++;
    *to++ = ' ';
    return to;
}

static char *put_decimal(char *to, uint64_t value)
{
    char digits[20];
    int count = 0;
    do
        digits[count++] = (char)('0' + value % 10);
    while ((value /= 10) != 0);
    while (count > 0)
        *to++ = digits[--count];
    *to++ = ' ';
    return to;
}

static const char hex[] = "0123456789abcdef";

static char *put_hex(char *to, uint64_t value)
{
    unsigned bits = value == 0 ? 4 : (67 - (unsigned)__builtin_clzll(value)) / 4 * 4;
    *to++ = '0';
    *to++ = 'x';
    for (unsigned shift = bits; shift > 0; shift -= 4)
        *to++ = hex[value >> (shift - 4) & 15];
    *to++ = ' ';
    return to;
}

/* The last word's blank becomes the end of the line. */
static size_t end_line(char *line, char *to)
{
    to[-1] = '\n';
    *to = '\0';
    return (size_t)(to - line);
}

static char *put_state(char *to, bool user, uint16_t domain, uint16_t space,
                       uint32_t thread)
{
    to = put_word(to, user ? "user" : "kernel");
    to = put_decimal(to, domain);
    to = put_decimal(to, space);
    return put_decimal(to, thread);
}

static char *put_detail(char *to, const struct trace_record *record)
{
    const char *word = trace_detail_word(record->kind, record->detail);
    return word != NULL ? put_word(to, word) : put_decimal(to, record->detail);
}

size_t dump_record(const struct trace_record *record, char line[DUMP_LINE_MAX])
{
    char *to = put_word(line, trace_kind_word(record->kind));
    to = put_hex(to, record->a);
    to = put_hex(to, record->b);
    to = put_decimal(to, record->size);
    to = put_state(to, record->user, record->domain, record->space, record->thread);
    to =
        record->code == TRACE_NO_CODE ? put_word(to, "-") : put_decimal(to, record->code);
    if (record->kind > TRACE_STORE)
        to = put_detail(to, record);
    return end_line(line, to);
}

/* ---- the whole text ---- */

#define PIECE_SIZE (1u << 16)

struct text {
    const struct trace_reader *reader;
    dump_sink *sink;
    void *context;
    size_t used;
    bool stopped;
    bool after_loss; /* the last record was TRACE_LOST */
    char piece[PIECE_SIZE];
};

static void flush(struct text *text)
{
    if (text->used > 0 && !text->stopped)
        text->stopped = !text->sink(text->context, text->piece, text->used);
    text->used = 0;
}

/* Where a line of at most DUMP_LINE_MAX bytes may be put. */
static char *line_start(struct text *text)
{
    if (PIECE_SIZE - text->used < DUMP_LINE_MAX)
        flush(text);
    return text->piece + text->used;
}

/* There is room for all of it. */
static char *put_escaped(char *to, const char *from)
{
    to += escape_line(to, ESCAPE_GROWTH * strlen(from) + 1, from);
    *to++ = ' ';
    return to;
}

static bool put_header(struct text *text)
{
    static const char first[] = "crossbill-text 1\nheader ";
    const char *json = text->reader->info.header;
    char *lines = malloc(sizeof first + ESCAPE_GROWTH * strlen(json) + 2);
    if (lines == NULL)
        return false;
    memcpy(lines, first, sizeof first - 1);
    size_t size = end_line(lines, put_escaped(lines + sizeof first - 1, json));
    flush(text);
    if (!text->stopped)
        text->stopped = !text->sink(text->context, lines, size);
    free(lines);
    return true;
}

static bool put_domain(void *context, const struct trace_domain *domain)
{
    struct text *text = context;
    char *line = line_start(text), *to = put_word(line, "domain");
    to = put_decimal(to, domain->id);
    to = put_word(to, trace_domain_kind_word(domain->kind));
    to = put_hex(to, domain->base);
    to = put_hex(to, domain->limit);
    text->used += end_line(line, put_escaped(to, domain->name));
    return true;
}

static bool put_region(void *context, const struct trace_region *region)
{
    struct text *text = context;
    char *line = line_start(text), *to = put_word(line, "region");
    to = put_word(to, trace_role_word(region->role));
    if (region->domain == TRACE_DOMAIN_CURRENT)
        to = put_word(to, "current");
    else
        to = put_decimal(to, region->domain);
    to = put_hex(to, region->base);
    to = put_hex(to, region->limit);
    text->used += end_line(line, put_escaped(to, region->name));
    return true;
}

static bool put_tables(void *context, const struct trace_tables *tables)
{
    struct text *text = context;
    char *line = line_start(text), *to = put_word(line, "tables");
    to = put_hex(to, tables->idt);
    to = put_hex(to, tables->gdt);
    to = put_hex(to, tables->tss);
    to = put_hex(to, tables->idt_physical);
    to = put_hex(to, tables->gdt_physical);
    to = put_hex(to, tables->tss_physical);
    to = put_hex(to, tables->kernel_cs);
    to = put_hex(to, tables->kernel_ss);
    text->used += end_line(line, to);
    return true;
}

static bool put_code(void *context, uint32_t number, const struct trace_code *code)
{
    struct text *text = context;
    char *line = line_start(text), *to = put_word(line, "code");
    to = put_decimal(to, number);
    to = put_hex(to, code->vaddr);
    to = put_hex(to, code->paddr);
    for (int i = 0; i < code->length; i++) {
        *to++ = hex[code->bytes[i] >> 4];
        *to++ = hex[code->bytes[i] & 15];
    }
    to = put_word(to, code->length == 0 ? "-" : "");
    text->used += end_line(line, to);
    return true;
}

static bool put_definitions(struct text *text, const struct definition_place *place,
                            struct cb_error *error)
{
    const struct definition_visitor visitor = {.domain = put_domain,
                                               .region = put_region,
                                               .tables = put_tables,
                                               .code = put_code,
                                               .context = text};
    uint8_t *stored =
        reader_get_stored(text->reader, place->offset, &place->header, error);
    bool done = stored != NULL && definitions_read(text->reader, &place->header, stored,
                                                   place->offset, &visitor, error);
    free(stored);
    return done;
}

static bool put_block_state(struct text *text, size_t number, struct cb_error *error)
{
    struct state state;
    if (!reader_block_state(text->reader, number, &state, error))
        return false;
    char *line = line_start(text), *to = put_word(line, "state");
    to = put_state(to, state.user, state.domain, state.space, state.thread);
    text->used += end_line(line, to);
    return true;
}

static bool put_records(struct text *text, size_t number, struct trace_block *block,
                        struct cb_error *error)
{
    if ((number == 0 || text->after_loss) && !put_block_state(text, number, error))
        return false;
    if (!trace_read_block(text->reader, number, block, error))
        return false;
    for (size_t i = 0; i < block->count && !text->stopped; i++)
        text->used += dump_record(&block->records[i], line_start(text));
    text->after_loss = block->records[block->count - 1].kind == TRACE_LOST;
    return true;
}

static bool put_blocks(struct text *text, struct trace_block *block,
                       struct cb_error *error)
{
    const struct trace_reader *reader = text->reader;
    size_t next = 0;
    for (size_t i = 0; i <= reader->block_count && !text->stopped; i++) {
        for (; next < reader->definition_count && reader->definitions[next].before == i;
             next++)
            if (!put_definitions(text, &reader->definitions[next], error))
                return false;
        if (i < reader->block_count && !put_records(text, i, block, error))
            return false;
    }
    flush(text);
    return true;
}

bool dump_trace(const struct trace_reader *reader, dump_sink *sink, void *context,
                struct cb_error *error)
{
    struct text *text = malloc(sizeof *text);
    if (text == NULL)
        return reader_out_of_memory(reader, error);
    text->reader = reader;
    text->sink = sink;
    text->context = context;
    text->used = 0;
    text->stopped = false;
    text->after_loss = false;
    struct trace_block block;
    trace_block_init(&block);
    bool done = put_header(text) ? put_blocks(text, &block, error)
                                 : reader_out_of_memory(reader, error);
    trace_block_free(&block);
    free(text);
    return done;
}
