#include "perfetto.h"
#include "perfetto_counters.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>

/* Format: "Trace Event Format" of the Chromium project. Tracks are threads there: domains
 * have the numbers 1 + id, the workload's requests one of their own, threads those behind
 * all domains. */
#define TRACK_REQUESTS 70000
#define TRACK_THREADS  70001

struct pages { /* a set of page numbers, emptied by raising `run` */
    struct page_slot {
        uint64_t page, run;
    } * slots;
    size_t capacity; /* a power of two */
    size_t count;
    uint64_t run;
};

/* How deep each thread is in the kernel. */
struct depths {
    struct depth {
        uint32_t thread, depth;
    } * list;
    size_t count;
};

struct timeline {
    const struct trace_reader *trace;
    struct text text;
    uint64_t now; /* instructions since the beginning of the stretch */
    bool any;     /* an event has been written */
    bool failed;  /* memory ran out */

    bool running;
    uint16_t domain;
    uint64_t run_began;
    struct pages pages;
    struct depths depths;
    bool in_request;
    struct perfetto_counters counters;
};

/* ---- events ---- */

static void open_event(struct timeline *line, char phase, uint64_t at, uint64_t track)
{
    text_add(&line->text, line->any ? ",\n" : "\n");
    line->any = true;
    text_format(&line->text, "{\"ph\":\"%c\",\"ts\":%llu,\"pid\":1,\"tid\":%llu", phase,
                (unsigned long long)at, (unsigned long long)track);
}

static void add_name(struct timeline *line, const char *name)
{
    text_add(&line->text, ",\"name\":");
    text_json(&line->text, name);
}

static void name_track(struct timeline *line, uint64_t track, const char *name)
{
    open_event(line, 'M', 0, track);
    text_add(&line->text, ",\"name\":\"thread_name\",\"args\":{\"name\":");
    text_json(&line->text, name);
    text_add(&line->text, "}}");
}

static void instant(struct timeline *line, uint64_t track, const char *name)
{
    open_event(line, 'i', line->now, track);
    add_name(line, name);
    text_add(&line->text, ",\"s\":\"t\"}");
}

static void begin_slice(struct timeline *line, uint64_t track, const char *name)
{
    open_event(line, 'B', line->now, track);
    add_name(line, name);
    text_add(&line->text, "}");
}

static void end_slice(struct timeline *line, uint64_t track)
{
    open_event(line, 'E', line->now, track);
    text_add(&line->text, "}");
}

/* ---- pages of a run ---- */

static bool pages_grow(struct pages *pages)
{
    struct pages larger = {.capacity = pages->capacity == 0 ? 256 : pages->capacity * 2,
                           .run = pages->run};
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (larger.slots == NULL)
        return false;
    for (size_t i = 0; i < pages->capacity; i++) {
        if (pages->slots[i].run != pages->run)
            continue;
        size_t at = pages->slots[i].page & (larger.capacity - 1);
        while (larger.slots[at].run == larger.run)
            at = (at + 1) & (larger.capacity - 1);
        larger.slots[at] = pages->slots[i];
        larger.count++;
    }
    free(pages->slots);
    *pages = larger;
    return true;
}

static void pages_add(struct timeline *line, uint64_t page)
{
    struct pages *pages = &line->pages;
    if (2 * pages->count >= pages->capacity && !pages_grow(pages)) {
        line->failed = true;
        return;
    }
    size_t at = page & (pages->capacity - 1);
    while (pages->slots[at].run == pages->run && pages->slots[at].page != page)
        at = (at + 1) & (pages->capacity - 1);
    if (pages->slots[at].run == pages->run)
        return;
    pages->slots[at] = (struct page_slot){page, pages->run};
    pages->count++;
}

/* ---- runs of domains ---- */

static void end_run(struct timeline *line)
{
    if (!line->running)
        return;
    const char *name = trace_domain_name(line->trace, line->domain);
    open_event(line, 'X', line->run_began, 1u + line->domain);
    text_format(&line->text, ",\"dur\":%llu",
                (unsigned long long)(line->now - line->run_began));
    add_name(line, name);
    text_format(&line->text, ",\"args\":{\"pages\":%zu}}", line->pages.count);
    open_event(line, 'C', line->run_began, 1u + line->domain);
    text_add(&line->text, ",\"name\":");
    struct text counter = {0};
    text_format(&counter, "pages per run: %s", name);
    text_json(&line->text, counter.data != NULL ? counter.data : "");
    line->text.failed |= counter.failed;
    text_drop(&counter);
    text_format(&line->text, ",\"args\":{\"pages\":%zu}}", line->pages.count);
    line->running = false;
}

static void access_record(struct timeline *line, const struct trace_record *record)
{
    if (record->kind == TRACE_FETCH) {
        if (!line->running || record->domain != line->domain) {
            end_run(line);
            line->running = true;
            line->domain = record->domain;
            line->run_began = line->now;
            line->pages.run++;
            line->pages.count = 0;
        }
        line->now++;
    }
    if (line->running)
        pages_add(line, record->vaddr >> 12);
}

/* ---- crossings of threads ---- */

static struct depth *depth_of(struct timeline *line, uint32_t thread)
{
    struct depths *depths = &line->depths;
    for (size_t i = 0; i < depths->count; i++)
        if (depths->list[i].thread == thread)
            return &depths->list[i];
    struct depth *list = realloc(depths->list, (depths->count + 1) * sizeof *list);
    if (list == NULL) {
        line->failed = true;
        return NULL;
    }
    depths->list = list;
    list[depths->count] = (struct depth){.thread = thread};
    char name[32];
    snprintf(name, sizeof name, "thread %lu", (unsigned long)thread);
    name_track(line, TRACK_THREADS + (uint64_t)thread, name);
    return &list[depths->count++];
}

static const char *cause_name(uint8_t cause)
{
    switch ((enum trace_cause)cause) {
    case TRACE_CAUSE_CALL:
        return "call";
    case TRACE_CAUSE_FAULT:
        return "fault";
    case TRACE_CAUSE_INTERRUPT:
        return "interrupt";
    }
    return "crossing";
}

static void cross_in(struct timeline *line, const struct trace_record *record)
{
    struct depth *depth = depth_of(line, record->thread);
    if (depth == NULL)
        return;
    depth->depth++;
    begin_slice(line, TRACK_THREADS + (uint64_t)record->thread,
                cause_name(record->detail));
}

static void cross_out(struct timeline *line, const struct trace_record *record)
{
    struct depth *depth = depth_of(line, record->thread);
    if (depth == NULL || depth->depth == 0)
        return; /* it went in before the stretch */
    depth->depth--;
    end_slice(line, TRACK_THREADS + (uint64_t)record->thread);
}

/* ---- the rest ---- */

static void request_event(struct timeline *line, const struct trace_record *record)
{
    char name[48];
    if (line->in_request)
        end_slice(line, TRACK_REQUESTS);
    line->in_request = record->kind == TRACE_REQUEST_BEGIN;
    if (!line->in_request)
        return;
    snprintf(name, sizeof name, "request %llu", (unsigned long long)record->a);
    begin_slice(line, TRACK_REQUESTS, name);
}

static void space_switch(struct timeline *line, const struct trace_record *record)
{
    static const char *const names[] = {[TRACE_HOW_NONE] = "space switch",
                                        [TRACE_HOW_CR3] = "space switch by cr3",
                                        [TRACE_HOW_SEGMENT] = "space switch by segment"};
    size_t how = record->detail <= TRACE_HOW_SEGMENT ? record->detail : TRACE_HOW_NONE;
    instant(line, 1u + record->domain, names[how]);
}

static void event_record(struct timeline *line, const struct trace_record *record)
{
    switch ((enum trace_kind)record->kind) {
    case TRACE_CROSSING_IN:
        cross_in(line, record);
        return;
    case TRACE_CROSSING_OUT:
        cross_out(line, record);
        return;
    case TRACE_SPACE_SWITCH:
        space_switch(line, record);
        return;
    case TRACE_REQUEST_BEGIN:
    case TRACE_REQUEST_END:
        request_event(line, record);
        return;
    case TRACE_PHASE:
        instant(line, TRACK_REQUESTS,
                record->detail == TRACE_PHASE_MEASURED ? "measured phase" : "warm-up");
        return;
    case TRACE_LOST:
        instant(line, TRACK_REQUESTS, "RECORDS LOST");
        return;
    case TRACE_THREAD_SWITCH: /* shown by the tracks of threads and domains */
    case TRACE_IPC_SEND:
    case TRACE_IPC_RECEIVE:
    case TRACE_PAGE_TABLE:
    case TRACE_FETCH:
    case TRACE_LOAD:
    case TRACE_STORE:
    case TRACE_KINDS:
        return;
    }
}

/* Who holds what, as it stands before this record. */
static void add_counters(struct timeline *line, uint64_t record)
{
    while (perfetto_counters_due(&line->counters, record)) {
        for (size_t s = 0; s < perfetto_counters_parts(&line->counters); s++) {
            open_event(line, 'C', line->now, 0);
            perfetto_counters_add(&line->counters, s, &line->text);
        }
        perfetto_counters_next(&line->counters);
    }
}

static bool add_block(struct timeline *line, size_t number, uint64_t first, uint64_t end,
                      uint64_t *past, struct cb_error *error)
{
    struct trace_block block;
    trace_block_init(&block);
    bool ok = trace_read_block(line->trace, number, &block, error);
    for (size_t i = 0; ok && i < block.count && block.first + i < end; i++) {
        const struct trace_record *record = &block.records[i];
        if (block.first + i < first)
            continue;
        add_counters(line, block.first + i);
        if (record->kind <= TRACE_STORE)
            access_record(line, record);
        else
            event_record(line, record);
    }
    if (ok)
        *past = block.first + block.count;
    trace_block_free(&block);
    return ok;
}

static void add_tracks(struct timeline *line)
{
    size_t count;
    const struct trace_domain *domains = trace_domains(line->trace, &count);
    for (size_t i = 0; i < count; i++)
        name_track(line, 1u + domains[i].id, domains[i].name);
    name_track(line, TRACK_REQUESTS, "requests");
}

static void close_slices(struct timeline *line)
{
    end_run(line);
    for (size_t i = 0; i < line->depths.count; i++)
        for (uint32_t d = line->depths.list[i].depth; d > 0; d--)
            end_slice(line, TRACK_THREADS + (uint64_t)line->depths.list[i].thread);
    if (line->in_request)
        end_slice(line, TRACK_REQUESTS);
}

static void add_other_data(struct timeline *line, uint64_t first)
{
    const struct trace_info *info = trace_info(line->trace);
    text_add(&line->text, "\n],\"displayTimeUnit\":\"ns\",\"otherData\":{\"tool\":"
                          "\"crossbill " CROSSBILL_VERSION
                          "\",\"time\":\"one microsecond is one instruction\"");
    text_format(&line->text,
                ",\"first_record\":\"%llu\",\"scenario\":", (unsigned long long)first);
    text_json(&line->text, info->scenario);
    text_add(&line->text, ",\"structure\":");
    text_json(&line->text, info->structure);
    if (line->counters.replay != NULL) {
        text_add(&line->text, ",\"machine\":");
        text_json(&line->text, line->counters.replay->machine->title);
    }
    text_add(&line->text, "}}\n");
}

bool perfetto_export(const struct trace_reader *trace, uint64_t first, uint64_t count,
                     const struct perfetto_replay *replay, struct report_bytes *bytes,
                     struct cb_error *error)
{
    uint64_t records = trace_info(trace)->records;
    if (first >= records)
        return cb_error_set(error, CB_USAGE,
                            "there is no record %llu: the trace has %llu",
                            (unsigned long long)first, (unsigned long long)records);
    uint64_t end = count < records - first ? first + count : records;
    struct timeline line = {.trace = trace, .counters = {.replay = replay}};
    uint64_t past = 0;
    text_add(&line.text, "{\"traceEvents\":[");
    add_tracks(&line);
    bool ok = true;
    for (size_t b = 0; ok && b < trace_blocks(trace) && past < end; b++)
        ok = add_block(&line, b, first, end, &past, error);
    add_counters(&line, end);
    close_slices(&line);
    add_other_data(&line, first);
    free(line.pages.slots);
    free(line.depths.list);
    if (ok && line.failed)
        ok = cb_error_set(error, CB_IO, "out of memory");
    if (ok)
        return text_finish(&line.text, bytes, error);
    text_drop(&line.text);
    return false;
}
