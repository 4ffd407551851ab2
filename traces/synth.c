/* synth.c - makes up a trace from a plan. */
#include "synth.h"

#include "synth_maker.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static void put_event(struct maker *maker, enum trace_kind kind, unsigned detail,
                      uint64_t a, uint64_t b, unsigned size)
{
    trace_put_event(maker->writer, &(struct trace_record){.kind = (uint8_t)kind,
                                                          .detail = (uint8_t)detail,
                                                          .a = a,
                                                          .b = b,
                                                          .size = (uint8_t)size});
}

static void put_kernel_data(struct maker *maker, enum trace_kind kind, uint64_t address,
                            uint8_t size)
{
    trace_put_data(maker->writer, kind, address, address - KERNEL_BASE, size);
}

static void put_table(struct maker *maker, uint16_t space, uint32_t index, uint64_t table)
{
    trace_put_event(maker->writer, &(struct trace_record){.kind = TRACE_PAGE_TABLE,
                                                          .code = index,
                                                          .a = maker->cr3[space],
                                                          .b = table});
}

/* Page tables for a stretch of linear addresses; the kernel's are shared by all spaces.
 */
static void put_tables_for(struct maker *maker, uint16_t space, uint64_t from,
                           uint64_t bytes)
{
    for (uint64_t i = from >> 22; i <= (from + bytes - 1) >> 22; i++) {
        uint64_t table;
        if (from < KERNEL_BASE) {
            table = synth_frames(maker, 1);
        } else {
            if (maker->kernel_tables[i] == 0)
                maker->kernel_tables[i] = synth_frames(maker, 1);
            table = maker->kernel_tables[i];
        }
        put_table(maker, space, (uint32_t)i, table);
    }
}

static void put_space_tables(struct maker *maker, uint16_t space)
{
    const struct maker_domain *kernel = &maker->domains[maker->plan->kernel];
    if (maker->space_seen[space])
        return;
    maker->space_seen[space] = true;
    put_tables_for(maker, space, KERNEL_BASE,
                   kernel->data + kernel->plan->pages * PAGE - KERNEL_BASE);
    if (space < FIRST_SPACE) {
        put_tables_for(maker, space, SMALL_BASE, maker->small_end - SMALL_BASE);
        return;
    }
    for (size_t i = 0; i < maker->plan->domain_count; i++) {
        const struct maker_domain *domain = &maker->domains[i];
        if (domain->id == 0 || domain->space != space)
            continue;
        put_tables_for(maker, space, domain->code, synth_code_bytes(domain->plan));
        put_tables_for(maker, space, domain->data, domain->plan->pages * PAGE);
    }
}

static void put_access(struct maker *maker, struct maker_domain *domain,
                       enum trace_kind kind, uint64_t number)
{
    const struct synth_domain *plan = domain->plan;
    uint64_t line = number / plan->pages % plan->lines_per_page;
    bool stays = plan->reuse_percent > 0 && number > 0 &&
                 synth_random(&domain->random) % 100 < plan->reuse_percent;
    if (!stays && plan->random) {
        domain->page = synth_random(&domain->random) % plan->pages;
    } else if (!stays) {
        domain->page = domain->next_page;
        domain->next_page = (domain->page + 1) % plan->pages;
    }
    if (plan->random)
        line = synth_random(&domain->random) % plan->lines_per_page;
    uint64_t offset = domain->page * PAGE + line * LINE;
    trace_put_data(maker->writer, kind, domain->data + offset,
                   domain->data_physical + offset, 4);
}

static void run_loops(struct maker *maker, struct maker_domain *domain)
{
    uint64_t accesses = 0;
    domain->next_page = 0;
    for (uint64_t loop = 0; loop < domain->plan->loops; loop++) {
        for (uint64_t i = 0; i < domain->plan->instructions; i++) {
            trace_put_fetch(maker->writer, domain->body[i], 0);
            if (domain->access[i] != 0)
                put_access(maker, domain, (enum trace_kind)domain->access[i], accesses++);
        }
        trace_put_fetch(maker->writer, domain->branch, 0);
    }
}

static void switch_space(struct maker *maker, const struct maker_domain *from,
                         const struct maker_domain *to)
{
    if (from->space != to->space) {
        trace_put_fetch(maker->writer, maker->load_cr3, 0);
        put_event(maker, TRACE_SPACE_SWITCH, TRACE_HOW_CR3, maker->cr3[to->space],
                  to->space, 0);
        put_space_tables(maker, to->space);
    } else {
        trace_put_fetch(maker->writer, maker->load_segment, 0);
        put_kernel_data(maker, TRACE_LOAD, KERNEL_BASE + 0x1000 + 8 * (to->id + 3u), 8);
        put_event(maker, TRACE_SPACE_SWITCH, TRACE_HOW_SEGMENT, maker->cr3[to->space],
                  to->space, 0);
    }
}

/* A reply goes to the domain that called last. */
static enum trace_ipc note_call(struct maker *maker, size_t to)
{
    if (maker->call_count > 0 && maker->calls[maker->call_count - 1] == to) {
        maker->call_count--;
        return TRACE_IPC_IS_REPLY;
    }
    if (maker->call_count < CALLS_MAX)
        maker->calls[maker->call_count++] = maker->current;
    return TRACE_IPC_IS_CALL;
}

static void cross(struct maker *maker, size_t to_index)
{
    struct trace_writer *writer = maker->writer;
    const struct maker_domain *from = &maker->domains[maker->current];
    const struct maker_domain *to = &maker->domains[to_index];
    uint64_t stack = KERNEL_STACK - TRAP_PUSHED;
    trace_put_fetch(writer, from->trap, 0);
    put_event(maker, TRACE_CROSSING_IN, TRACE_CAUSE_CALL, TRAP_VECTOR, KERNEL_STACK,
              TRAP_PUSHED);
    trace_put_fetch(writer, maker->push, 0);
    put_kernel_data(maker, TRACE_STORE, stack - 4, 4);
    run_loops(maker, &maker->domains[maker->plan->kernel]);
    put_event(maker, TRACE_IPC_SEND, note_call(maker, to_index), to->id, 0, 0);
    trace_put_fetch(writer, maker->save, 0);
    put_kernel_data(maker, TRACE_STORE, KERNEL_SAVED + DOMAIN_SLOT * from->id, 4);
    trace_put_fetch(writer, maker->take, 0);
    put_kernel_data(maker, TRACE_LOAD, KERNEL_SAVED + DOMAIN_SLOT * to->id, 4);
    put_event(maker, TRACE_THREAD_SWITCH, 0, to->id, to->id, 0);
    switch_space(maker, from, to);
    put_event(maker, TRACE_IPC_RECEIVE, 0, from->id, 0, 0);
    trace_put_fetch(writer, maker->pop, 0);
    put_kernel_data(maker, TRACE_LOAD, stack - 4, 4);
    trace_put_fetch(writer, maker->iret, 0);
    for (unsigned i = 0; i < TRAP_PUSHED; i += 4)
        put_kernel_data(maker, TRACE_LOAD, stack + i, 4);
    put_event(maker, TRACE_CROSSING_OUT, TRACE_EXIT_IRET, 0, 0, 0);
    maker->current = to_index;
}

static void visit(struct maker *maker, size_t index)
{
    if (index != maker->current)
        cross(maker, index);
    run_loops(maker, &maker->domains[index]);
}

static void start(struct maker *maker)
{
    maker->current = maker->plan->pattern[0];
    const struct maker_domain *first = &maker->domains[maker->current];
    trace_put_state(maker->writer, first->id, first->id, first->space, true);
    put_event(maker, TRACE_SPACE_SWITCH, TRACE_HOW_NONE, maker->cr3[first->space],
              first->space, 0);
    put_space_tables(maker, first->space);
}

/* The crossing from one request's last visit to the next one's first is between them. */
static void run_request(struct maker *maker, uint64_t number)
{
    const struct synth_plan *plan = maker->plan;
    if (number == 0 && plan->warm_up_requests > 0)
        put_event(maker, TRACE_PHASE, TRACE_PHASE_WARM_UP, 0, 0, 0);
    if (plan->pattern[0] != maker->current)
        cross(maker, plan->pattern[0]);
    if (number == plan->warm_up_requests)
        put_event(maker, TRACE_PHASE, TRACE_PHASE_MEASURED, 0, 0, 0);
    put_event(maker, TRACE_REQUEST_BEGIN, 0, number, 0, 0);
    for (size_t i = 0; i < plan->pattern_count; i++)
        visit(maker, plan->pattern[i]);
    put_event(maker, TRACE_REQUEST_END, 0, number, 0, 0);
}

static bool run_all(struct maker *maker, import_progress *progress, void *context)
{
    uint64_t all = maker->plan->warm_up_requests + maker->plan->requests;
    start(maker);
    for (uint64_t i = 0; i < all && !trace_failed(maker->writer); i++) {
        run_request(maker, i);
        if (progress != NULL && !progress(context, i + 1, all))
            return false;
    }
    return true;
}

/* The description itself is in the header: it is the recipe of the trace. */
static char *make_header(const struct synth_plan *plan, const char *text, size_t size)
{
    json_t *json = json_object();
    json_object_set_new(json, "scenario", json_string(plan->scenario));
    json_object_set_new(json, "structure", json_string(""));
    json_object_set_new(json, "tool", json_string("crossbill " CROSSBILL_VERSION));
    json_object_set_new(json, "synthetic", json_loadb(text, size, 0, NULL));
    char *header = json_dumps(json, JSON_SORT_KEYS | JSON_COMPACT);
    json_decref(json);
    return header;
}

static bool make_trace(struct maker *maker, const char *header, const char *to,
                       import_progress *progress, void *context,
                       struct synth_result *result, struct cb_error *error)
{
    maker->writer = trace_create(to, header, error);
    if (maker->writer == NULL)
        return false;
    if (!synth_define(maker)) {
        trace_abandon(maker->writer);
        return cb_error_set(error, CB_IO, "out of memory");
    }
    result->stopped = !run_all(maker, progress, context);
    result->records = trace_written(maker->writer);
    if (!result->stopped)
        return trace_finish(maker->writer, error);
    trace_abandon(maker->writer);
    return true;
}

static void free_maker(struct maker *maker)
{
    for (size_t i = 0; i < SYNTH_DOMAINS_MAX; i++) {
        free(maker->domains[i].body);
        free(maker->domains[i].access);
    }
    free(maker);
}

bool trace_synthesise_text(const char *text, size_t size, const char *name,
                           const char *to, import_progress *progress, void *context,
                           struct synth_result *result, struct cb_error *error)
{
    *result = (struct synth_result){.records = 0};
    struct synth_plan *plan = synth_plan_parse(text, size, name, error);
    if (plan == NULL)
        return false;
    struct maker *maker = calloc(1, sizeof *maker);
    char *header = make_header(plan, text, size);
    bool done = false;
    if (maker == NULL || header == NULL) {
        cb_error_set(error, CB_IO, "out of memory");
        goto out;
    }
    maker->plan = plan;
    for (size_t i = 0; i < plan->domain_count; i++)
        maker->domains[i].plan = &plan->domains[i];
    done = synth_place(maker, name, error) &&
           make_trace(maker, header, to, progress, context, result, error);
out:
    if (maker != NULL)
        free_maker(maker);
    free(header);
    synth_plan_free(plan);
    return done;
}

#define DESCRIPTION_MAX (1u << 20)

bool trace_synthesise(const char *description, const char *to, import_progress *progress,
                      void *context, struct synth_result *result, struct cb_error *error)
{
    size_t size;
    struct input *input = input_open(description, error);
    if (input == NULL)
        return false;
    char *text = malloc(DESCRIPTION_MAX);
    bool done = text != NULL && input_read(input, text, DESCRIPTION_MAX, &size, error);
    if (text == NULL)
        cb_error_set(error, CB_IO, "out of memory");
    if (done && size == DESCRIPTION_MAX) {
        cb_error_set(error, CB_USAGE, "a description of less than 1 MiB was expected");
        done = cb_error_in(error, input_name(input));
    }
    done = done && trace_synthesise_text(text, size, input_name(input), to, progress,
                                         context, result, error);
    free(text);
    input_close(input);
    return done;
}
