#include "check.h"

#include "dump.h"
#include "pair_map.h"
#include "reader.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

/* Pages looked up without the map: most accesses are to a page seen just before. */
#define RECENT 1024

struct recent {
    uint64_t page, distance, record;
    uint16_t space;
    bool used;
};

#define LARGE 1u /* in the value of a directory entry; frames have no such bit */

struct checker {
    const struct trace_reader *reader;
    check_report *report;
    void *context;
    struct check_result *result;
    bool stopped, out_of_memory;
    uint64_t record; /* the current one's number */

    uint8_t declared[1u << 16]; /* by domain; 2: reported already */
    struct recent recent[RECENT];
    struct pair_map pages; /* space, page: distance, record of the last access */
    struct pair_map
        tables; /* CR3, directory index: table page, or LARGE + page; record */
    struct pair_map
        entries; /* physical address of a page-table entry: record of a store */
    struct pair_map frames;  /* page-table pages */
    struct pair_map cr3s;    /* CR3: space; record: 1 if a page table of it is known */
    struct pair_map spaces;  /* space: CR3 */
    struct pair_map threads; /* thread: stack of modes, depth */
    uint64_t cr3;            /* 0: unknown */
    bool cr3_reported;
    bool large_pages; /* some are known */
    uint8_t user;     /* before the current record */
    bool after_loss;
    bool in_request;
    uint64_t request, request_record;
};

const char *check_kind_word(enum check_kind kind)
{
    switch (kind) {
    case CHECK_CUT:
        return "cut";
    case CHECK_LOST:
        return "lost";
    case CHECK_CROSSING:
        return "crossing";
    case CHECK_DOMAIN:
        return "domain";
    case CHECK_MODE:
        return "mode";
    case CHECK_WINDOW:
        return "window";
    case CHECK_TRANSLATION:
        return "translation";
    case CHECK_SPACE:
        return "space";
    case CHECK_REQUEST:
        return "request";
    case CHECK_DETAIL:
        return "detail";
    case CHECK_KINDS:
        break;
    }
    return "unknown";
}

__attribute__((format(printf, 4, 5))) static void find(struct checker *checker,
                                                       enum check_kind kind,
                                                       uint64_t record,
                                                       const char *format, ...)
{
    struct check_finding finding = {.kind = kind, .record = record};
    va_list arguments;
    checker->result->found[kind]++;
    if (checker->report == NULL || checker->stopped)
        return;
    va_start(arguments, format);
    vsnprintf(finding.sentence, sizeof finding.sentence, format, arguments);
    va_end(arguments);
    checker->stopped = !checker->report(checker->context, &finding);
}

/* An entry that could not be made: checking ends. */
static struct pair_map_entry *make(struct checker *checker, struct pair_map *map,
                                   uint64_t first, uint64_t second, bool *fresh)
{
    struct pair_map_entry *entry = pair_map_make(map, first, second, fresh);
    if (entry == NULL)
        checker->out_of_memory = true;
    return entry;
}

/* ---- accesses ---- */

static const struct trace_domain *domain_of(const struct checker *checker, uint16_t id)
{
    uint32_t place = checker->reader->domain_places[id];
    return place == 0 ? NULL : &checker->reader->domains[place - 1];
}

static void check_domain(struct checker *checker, uint16_t id)
{
    if (__builtin_expect(checker->declared[id] != 0, 1))
        return;
    checker->declared[id] = 2;
    find(checker, CHECK_DOMAIN, checker->record, "domain %u is not declared", id);
}

static void check_user_access(struct checker *checker, const struct trace_record *record)
{
    const struct trace_domain *domain = domain_of(checker, record->domain);
    if (domain == NULL)
        return;
    if (record->kind == TRACE_FETCH && domain->kind == TRACE_DOMAIN_KERNEL) {
        find(checker, CHECK_MODE, checker->record,
             "code of the kernel is fetched in user mode, at 0x%" PRIx64, record->vaddr);
        return;
    }
    if (domain->limit == domain->base)
        return;
    if (record->vaddr < domain->base ||
        record->vaddr + (record->size - 1u) >= domain->limit)
        find(checker, CHECK_WINDOW, checker->record,
             "domain %u accesses 0x%" PRIx64 ", outside its window 0x%" PRIx64
             " to 0x%" PRIx64,
             domain->id, record->vaddr, domain->base, domain->limit);
}

/* Whether the page's table entry, or the table itself, may have changed after `since`. */
static bool table_changed(const struct checker *checker, uint64_t vaddr, uint64_t since)
{
    const struct pair_map_entry *table =
        pair_map_find(&checker->tables, checker->cr3, vaddr >> 22 & 1023);
    if (checker->cr3 == 0 || table == NULL)
        return false;
    if ((table->value & LARGE) != 0)
        return table->record > since;
    const struct pair_map_entry *entry =
        pair_map_find(&checker->entries, table->value + 4 * (vaddr >> 12 & 1023), 0);
    return table->record > since || (entry != NULL && entry->record > since);
}

/* The first look at a page since it left the recent ones. */
static void look_up(struct checker *checker, const struct trace_record *record,
                    struct recent *recent)
{
    bool fresh;
    uint64_t page = record->vaddr >> 12;
    if (recent->used) {
        struct pair_map_entry *entry =
            make(checker, &checker->pages, recent->space, recent->page, &fresh);
        if (entry == NULL)
            return;
        entry->value = recent->distance;
        entry->record = recent->record;
    }
    const struct pair_map_entry *known =
        pair_map_find(&checker->pages, record->space, page);
    *recent = (struct recent){.page = page,
                              .space = record->space,
                              .distance = record->paddr - record->vaddr,
                              .record = checker->record,
                              .used = true};
    if (known != NULL) {
        recent->distance = known->value;
        recent->record = known->record;
    }
}

static void check_translation(struct checker *checker, const struct trace_record *record)
{
    uint64_t page = record->vaddr >> 12;
    struct recent *recent = &checker->recent[(page + record->space * 0x9e37u) % RECENT];
    if (!recent->used || recent->page != page || recent->space != record->space)
        look_up(checker, record, recent);
    uint64_t distance = record->paddr - record->vaddr;
    if (__builtin_expect(recent->distance != distance, 0)) {
        if (!table_changed(checker, record->vaddr, recent->record))
            find(checker, CHECK_TRANSLATION, checker->record,
                 "page 0x%" PRIx64 " of space %u is at 0x%" PRIx64 ", at record %" PRIu64
                 " it was at 0x%" PRIx64,
                 page << 12, record->space, (page << 12) + distance, recent->record,
                 (page << 12) + recent->distance);
        recent->distance = distance;
    }
    recent->record = checker->record;
}

/* What lies in a large page lies where that page is. */
static void check_large_page(struct checker *checker, const struct trace_record *record)
{
    const struct pair_map_entry *entry =
        pair_map_find(&checker->tables, checker->cr3, record->vaddr >> 22);
    if (entry == NULL || (entry->value & LARGE) == 0)
        return;
    uint64_t page = entry->value & ~(uint64_t)LARGE;
    uint64_t expected = page + record->vaddr % LARGE_PAGE_SIZE;
    if (record->paddr != expected)
        find(checker, CHECK_TRANSLATION, checker->record,
             "0x%" PRIx64 " is at 0x%" PRIx64
             ", but lies in the large page at 0x%" PRIx64,
             record->vaddr, record->paddr, page);
}

static void note_table_store(struct checker *checker, const struct trace_record *record)
{
    bool fresh;
    if (checker->frames.count == 0 ||
        pair_map_find(&checker->frames, record->paddr >> 12, 0) == NULL)
        return;
    struct pair_map_entry *entry =
        make(checker, &checker->entries, record->paddr & ~3ull, 0, &fresh);
    if (entry != NULL)
        entry->record = checker->record;
}

/* A recording without page tables has none to miss. */
static void check_cr3(struct checker *checker)
{
    const struct pair_map_entry *known = pair_map_find(&checker->cr3s, checker->cr3, 0);
    if (checker->reader->info.kinds[TRACE_PAGE_TABLE] == 0 ||
        (known != NULL && known->record != 0))
        return;
    checker->cr3_reported = true;
    find(checker, CHECK_SPACE, checker->record,
         "accesses under CR3 0x%" PRIx64 ", of which no page table is known",
         checker->cr3);
}

static void check_access(struct checker *checker, const struct trace_record *record)
{
    check_domain(checker, record->domain);
    if (record->user)
        check_user_access(checker, record);
    if (checker->cr3 != 0 && !checker->cr3_reported)
        check_cr3(checker);
    check_translation(checker, record);
    if (checker->large_pages)
        check_large_page(checker, record);
    if (record->kind == TRACE_STORE)
        note_table_store(checker, record);
}

/* ---- events ---- */

/* A thread's modes before its crossings in, innermost in the lowest bit. */
static void check_crossing_in(struct checker *checker, const struct trace_record *record)
{
    bool fresh;
    struct pair_map_entry *thread =
        make(checker, &checker->threads, record->thread, 0, &fresh);
    if (thread == NULL)
        return;
    if (record->detail == TRACE_CAUSE_CALL && !checker->user)
        find(checker, CHECK_CROSSING, checker->record,
             "a call into the kernel comes from kernel mode");
    thread->value = thread->value << 1 | checker->user;
    thread->record++;
}

/* Where the crossing in was not seen, nothing is known of its mode. */
static void check_crossing_out(struct checker *checker, const struct trace_record *record)
{
    struct pair_map_entry *thread = pair_map_find(&checker->threads, record->thread, 0);
    bool to_user = record->a == 0;
    if (checker->user)
        find(checker, CHECK_CROSSING, checker->record,
             "a return from the kernel while in user mode");
    if (thread == NULL || thread->record == 0)
        return;
    bool from_user = thread->value & 1;
    thread->value >>= 1;
    thread->record--;
    if (from_user != to_user && !checker->user)
        find(checker, CHECK_CROSSING, checker->record,
             "a return to %s mode from an entry that came from %s mode",
             to_user ? "user" : "kernel", from_user ? "user" : "kernel");
}

static void check_space(struct checker *checker, const struct trace_record *record)
{
    bool fresh;
    checker->cr3 = record->a;
    checker->cr3_reported = false;
    if (record->a == 0)
        return;
    struct pair_map_entry *space = make(checker, &checker->spaces, record->b, 0, &fresh);
    if (space == NULL)
        return;
    if (fresh)
        space->value = record->a;
    if (space->value != record->a)
        find(checker, CHECK_SPACE, checker->record,
             "space %" PRIu64 " has CR3 0x%" PRIx64 ", it had 0x%" PRIx64, record->b,
             record->a, space->value);
    struct pair_map_entry *cr3 = make(checker, &checker->cr3s, record->a, 0, &fresh);
    if (cr3 == NULL)
        return;
    /* A page table may be known before its space is first switched to: value 0. */
    if (cr3->value == 0)
        cr3->value = record->b + 1;
    if (cr3->value != record->b + 1)
        find(checker, CHECK_SPACE, checker->record,
             "CR3 0x%" PRIx64 " is space %" PRIu64 ", it was space %" PRIu64, record->a,
             record->b, cr3->value - 1);
}

static void note_table(struct checker *checker, const struct trace_record *record)
{
    bool fresh;
    struct pair_map_entry *cr3 = make(checker, &checker->cr3s, record->a, 0, &fresh);
    if (cr3 != NULL)
        cr3->record = 1;
    bool large = record->detail == TRACE_MAPS_LARGE_PAGE;
    uint64_t value = large ? record->b | LARGE : record->b & ~(uint64_t)LARGE;
    checker->large_pages |= large;
    if (!large)
        make(checker, &checker->frames, record->b >> 12, 0, &fresh);
    struct pair_map_entry *table =
        make(checker, &checker->tables, record->a, record->code, &fresh);
    if (table == NULL)
        return;
    if (fresh || table->value != value)
        table->record = checker->record;
    table->value = value;
}

static void check_request(struct checker *checker, const struct trace_record *record)
{
    bool begins = record->kind == TRACE_REQUEST_BEGIN;
    if (begins && checker->in_request)
        find(checker, CHECK_REQUEST, checker->record,
             "request %" PRIu64 " begins before request %" PRIu64 " ends", record->a,
             checker->request);
    if (!begins && (!checker->in_request || checker->request != record->a))
        find(checker, CHECK_REQUEST, checker->record,
             "request %" PRIu64 " ends, which is not the one that began", record->a);
    checker->in_request = begins;
    checker->request = record->a;
    checker->request_record = checker->record;
}

static void check_detail(struct checker *checker, const struct trace_record *record)
{
    if (trace_detail_word(record->kind, 0) == NULL ||
        trace_detail_word(record->kind, record->detail) != NULL)
        return;
    find(checker, CHECK_DETAIL, checker->record, "detail %u is none that %s has",
         record->detail, trace_kind_word(record->kind));
}

static void check_event(struct checker *checker, const struct trace_record *record)
{
    check_detail(checker, record);
    switch ((enum trace_kind)record->kind) {
    case TRACE_CROSSING_IN:
        check_crossing_in(checker, record);
        break;
    case TRACE_CROSSING_OUT:
        check_crossing_out(checker, record);
        break;
    case TRACE_THREAD_SWITCH:
        check_domain(checker, record->domain);
        break;
    case TRACE_SPACE_SWITCH:
        check_space(checker, record);
        break;
    case TRACE_PAGE_TABLE:
        note_table(checker, record);
        break;
    case TRACE_REQUEST_BEGIN:
    case TRACE_REQUEST_END:
        check_request(checker, record);
        break;
    case TRACE_LOST:
        find(checker, CHECK_LOST, checker->record, "%" PRIu64 " records were lost here",
             record->a);
        break;
    case TRACE_FETCH:
    case TRACE_LOAD:
    case TRACE_STORE:
    case TRACE_IPC_SEND:
    case TRACE_IPC_RECEIVE:
    case TRACE_PHASE:
    case TRACE_KINDS:
        break;
    }
}

/* ---- the whole ---- */

/* After a loss nobody knows which crossings were missed. */
static void start_block(struct checker *checker, const struct state *state)
{
    checker->user = state->user;
    if (checker->after_loss)
        pair_map_free(&checker->threads);
}

static void check_block(struct checker *checker, const struct trace_block *block)
{
    for (size_t i = 0; i < block->count; i++) {
        const struct trace_record *record = &block->records[i];
        checker->record = block->first + i;
        if (record->kind <= TRACE_STORE)
            check_access(checker, record);
        else
            check_event(checker, record);
        checker->user = record->user;
        checker->after_loss = record->kind == TRACE_LOST;
    }
    checker->result->records += block->count;
}

static void check_end(struct checker *checker)
{
    const struct trace_info *info = &checker->reader->info;
    if (checker->in_request)
        find(checker, CHECK_REQUEST, checker->request_record,
             "request %" PRIu64 " never ends", checker->request);
    if (info->cut_at != CB_NOWHERE)
        find(checker, CHECK_CUT, info->records, "the file was cut after byte %" PRIu64,
             info->cut_at);
}

/* A trace that declares no domain has one. */
static void note_domains(struct checker *checker)
{
    const struct trace_reader *reader = checker->reader;
    checker->declared[0] = reader->domain_count == 0;
    for (size_t i = 0; i < reader->domain_count; i++)
        checker->declared[reader->domains[i].id] = 1;
}

static void release(struct checker *checker)
{
    pair_map_free(&checker->pages);
    pair_map_free(&checker->tables);
    pair_map_free(&checker->entries);
    pair_map_free(&checker->frames);
    pair_map_free(&checker->cr3s);
    pair_map_free(&checker->spaces);
    pair_map_free(&checker->threads);
    free(checker);
}

static bool check_blocks(struct checker *checker, struct cb_error *error)
{
    const struct trace_reader *reader = checker->reader;
    struct trace_block block;
    struct state state;
    bool done = true;
    trace_block_init(&block);
    for (size_t i = 0; done && i < reader->block_count && !checker->stopped; i++) {
        done = reader_block_state(reader, i, &state, error);
        if (done)
            start_block(checker, &state);
        done = done && trace_read_block(reader, i, &block, error);
        if (done)
            check_block(checker, &block);
        if (checker->out_of_memory)
            done = reader_out_of_memory(reader, error);
    }
    trace_block_free(&block);
    return done;
}

bool trace_check(const struct trace_reader *reader, check_report *report, void *context,
                 struct check_result *result, struct cb_error *error)
{
    *result = (struct check_result){.records = 0};
    struct checker *checker = calloc(1, sizeof *checker);
    if (checker == NULL)
        return reader_out_of_memory(reader, error);
    checker->reader = reader;
    checker->report = report;
    checker->context = context;
    checker->result = result;
    note_domains(checker);
    bool done = check_blocks(checker, error);
    if (done && !checker->stopped)
        check_end(checker);
    release(checker);
    return done;
}
