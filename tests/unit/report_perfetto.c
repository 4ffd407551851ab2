/* A stretch of a trace as Chrome trace JSON: what it says, and that slices nest. */
#include "../test.h"

#include "../loaded_trace.h"
#include "../random_trace.h"
#include "../reference_world.h"
#include "../trace_tools.h"
#include "reports/perfetto.h"

#include <jansson.h>
#include <unistd.h>

struct place {
    char directory[64], path[96];
    struct trace_reader *trace;
};

static void event(struct trace_writer *writer, enum trace_kind kind, uint8_t detail,
                  uint64_t a, uint64_t b)
{
    struct trace_record record = {
        .kind = (uint8_t)kind, .detail = detail, .a = a, .b = b};
    trace_put_event(writer, &record);
}

static void fetch(struct trace_writer *writer, uint64_t address)
{
    static const uint8_t nop[] = {0x90};
    trace_put_fetch(writer, trace_put_code(writer, address, address, nop, 1), 0);
}

/* ping runs two instructions, calls; a third in the kernel; the kernel goes on as pong's
 * thread, which runs two and calls; back in ping's thread, which returns. */
static void write_trace(const char *path)
{
    struct trace_domain ping = {.id = 1, .kind = TRACE_DOMAIN_LARGE, .name = "ping"};
    struct trace_domain pong = {.id = 2, .kind = TRACE_DOMAIN_LARGE, .name = "po\"ng"};
    struct trace_writer *w = trace_create(
        path, "{\"scenario\":\"pingpong\",\"structure\":\"l3-large\",\"tool\":\"t\"}",
        NULL);
    assert_non_null(w);
    trace_put_domain(w, &ping);
    trace_put_domain(w, &pong);
    trace_put_state(w, 1, 1, 1, true);
    event(w, TRACE_REQUEST_BEGIN, 0, 7, 0);
    fetch(w, 0x1000);
    trace_put_data(w, TRACE_LOAD, 0x5000, 0x5000, 4);
    fetch(w, 0x1001);
    event(w, TRACE_CROSSING_IN, TRACE_CAUSE_CALL, 0x80, 0x8000);
    fetch(w, 0x2000);
    event(w, TRACE_THREAD_SWITCH, 0, 2, 2);
    event(w, TRACE_SPACE_SWITCH, TRACE_HOW_CR3, 0x9000, 2);
    fetch(w, 0x2001);
    event(w, TRACE_CROSSING_OUT, TRACE_EXIT_IRET, 0, 0);
    fetch(w, 0x3000);
    event(w, TRACE_CROSSING_IN, TRACE_CAUSE_CALL, 0x80, 0x8000);
    event(w, TRACE_THREAD_SWITCH, 0, 1, 1);
    event(w, TRACE_CROSSING_OUT, TRACE_EXIT_IRET, 0, 0);
    event(w, TRACE_REQUEST_END, 0, 7, 0);
    struct cb_error error = {0};
    if (!trace_finish(w, &error))
        fail_msg("%s", error.sentence);
}

static int setup(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    strcpy(place->directory, "/tmp/crossbill-perfetto-XXXXXX");
    assert_non_null(mkdtemp(place->directory));
    snprintf(place->path, sizeof place->path, "%s/t.xbt", place->directory);
    write_trace(place->path);
    place->trace = trace_open(place->path, NULL);
    assert_non_null(place->trace);
    *state = place;
    return 0;
}

static int teardown(void **state)
{
    struct place *place = *state;
    trace_close(place->trace);
    unlink(place->path);
    rmdir(place->directory);
    free(place);
    return 0;
}

static json_t *exported(const struct place *place, uint64_t first, uint64_t count)
{
    struct report_bytes bytes;
    struct cb_error error = {0};
    if (!perfetto_export(place->trace, first, count, NULL, &bytes, &error))
        fail_msg("%s", error.sentence);
    json_t *root = json_loads(bytes.data, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    free(bytes.data);
    return root;
}

static int number(json_t *event, const char *key)
{
    return (int)json_integer_value(json_object_get(event, key));
}

static bool is(json_t *event, const char *phase, const char *name)
{
    const char *own = json_string_value(json_object_get(event, "name"));
    return strcmp(json_string_value(json_object_get(event, "ph")), phase) == 0 &&
           own != NULL && strcmp(own, name) == 0;
}

static json_t *find(json_t *root, const char *phase, const char *name)
{
    size_t i;
    json_t *event;
    json_array_foreach(json_object_get(root, "traceEvents"), i,
                       event) if (is(event, phase, name)) return event;
    fail_msg("no event %s %s", phase, name);
    return NULL;
}

/* On each track, what begins ends, innermost first, and time does not run back. */
static void check_nesting(json_t *root)
{
    size_t i, j;
    json_t *event, *other;
    json_t *events = json_object_get(root, "traceEvents");
    json_array_foreach(events, i, event)
    {
        const char *phase = json_string_value(json_object_get(event, "ph"));
        if (strcmp(phase, "B") != 0)
            continue;
        int depth = 1, last = number(event, "ts");
        json_array_foreach(events, j, other)
        {
            const char *p = json_string_value(json_object_get(other, "ph"));
            if (j <= i || depth == 0 || number(other, "tid") != number(event, "tid"))
                continue;
            assert_true(number(other, "ts") >= last);
            last = number(other, "ts");
            depth += strcmp(p, "B") == 0 ? 1 : strcmp(p, "E") == 0 ? -1 : 0;
        }
        assert_int_equal(depth, 0);
    }
}

static int count_phase(json_t *root, const char *phase)
{
    size_t i;
    int count = 0;
    json_t *event;
    json_array_foreach(json_object_get(root, "traceEvents"), i, event) count +=
        strcmp(json_string_value(json_object_get(event, "ph")), phase) == 0;
    return count;
}

static void test_whole(void **state)
{
    json_t *root = exported(*state, 0, PERFETTO_RECORDS);
    check_nesting(root);
    /* Instructions 0 to 2 are ping's, on pages 1, 2 and 5; 3 and 4 are pong's. */
    json_t *ping = find(root, "X", "ping"), *pong = find(root, "X", "po\"ng");
    assert_int_equal(number(ping, "ts"), 0);
    assert_int_equal(number(ping, "dur"), 3);
    assert_int_equal(number(json_object_get(ping, "args"), "pages"), 3);
    assert_int_equal(number(pong, "ts"), 3);
    assert_int_equal(number(pong, "dur"), 2);
    assert_int_equal(number(json_object_get(pong, "args"), "pages"), 2);
    assert_int_equal(count_phase(root, "X"), 2);
    /* Two crossings in; one is ended by a crossing out, one by the end. And a request. */
    assert_int_equal(count_phase(root, "B"), 3);
    assert_int_equal(count_phase(root, "E"), 3);
    assert_int_equal(number(find(root, "B", "call"), "ts"), 2);
    assert_int_equal(number(find(root, "i", "space switch by cr3"), "ts"), 3);
    assert_int_equal(number(find(root, "B", "request 7"), "ts"), 0);
    json_decref(root);
}

/* Records 6 to 9 lie within a crossing and a request that began before. */
static void test_stretch(void **state)
{
    json_t *root = exported(*state, 6, 4);
    check_nesting(root);
    assert_int_equal(count_phase(root, "B"), 0);
    assert_int_equal(count_phase(root, "E"), 0);
    assert_int_equal(count_phase(root, "X"), 1);
    json_decref(root);
}

static void test_beyond_the_end(void **state)
{
    struct place *place = *state;
    struct report_bytes bytes;
    struct cb_error error = {0};
    assert_false(perfetto_export(place->trace, 99, 1, NULL, &bytes, &error));
    assert_int_equal(error.code, CB_USAGE);
    assert_string_equal(error.sentence, "there is no record 99: the trace has 15");
}

/* ---- who holds what ---- */

/* What the naive replay has in each TLB and cache before one record, by holder: domains
 * as declared, then the path. */
struct picture {
    const struct loaded_trace *trace;
    const struct machine *machine;
    size_t number;
    int64_t held[MACHINE_TLBS + MACHINE_CACHES][16];
};

static void count(struct picture *picture, const struct structure *structure, size_t part)
{
    const struct reference_trace *view = &picture->trace->view;
    for (size_t i = 0; i < structure->sets * structure->ways; i++) {
        const struct entry *entry = &structure->entries[i];
        size_t holder = 0;
        while (holder < view->domain_count && view->domains[holder].id != entry->user)
            holder++;
        picture->held[part][holder] += entry->valid;
    }
}

static void take_picture(void *context, const struct reference_moment *moment)
{
    struct picture *picture = context;
    if (moment->number != picture->number)
        return;
    memset(picture->held, 0, sizeof picture->held);
    size_t tlbs = picture->machine->tlb_count;
    for (size_t i = 0; i < tlbs; i++)
        count(picture, &moment->shared->tlbs[i], i);
    for (size_t i = 0; i < picture->machine->cache_count; i++)
        count(picture, &moment->shared->caches[i], tlbs + i);
}

static int64_t entries_of(const struct machine *machine, size_t part)
{
    if (part < machine->tlb_count)
        return machine->tlbs[part].entries;
    const struct machine_cache *cache = &machine->caches[part - machine->tlb_count];
    return (int64_t)(cache->size / cache->line);
}

/* One sample: an event for each part of the machine, one behind the other. */
static void check_counter(const struct picture *picture, json_t *event, size_t part,
                          int at)
{
    const struct reference_trace *view = &picture->trace->view;
    json_t *held = json_object_get(event, "args");
    int64_t empty = entries_of(picture->machine, part);
    assert_int_equal(number(event, "ts"), at);
    for (size_t d = 0; d <= view->domain_count; d++) {
        const char *holder = d < view->domain_count ? view->domains[d].name : "the path";
        assert_true(json_is_integer(json_object_get(held, holder)));
        assert_int_equal(number(held, holder), picture->held[part][d]);
        empty -= picture->held[part][d];
    }
    assert_int_equal(number(held, "empty"), empty);
    assert_int_equal(json_object_size(held), view->domain_count + 2);
}

/* Instructions of the stretch before a record: that is its time. */
static int instructions_before(const struct loaded_trace *trace, size_t first,
                               size_t record)
{
    int instructions = 0;
    for (size_t i = first; i < record; i++)
        instructions += trace->records[i].kind == TRACE_FETCH;
    return instructions;
}

static size_t check_counters(const struct loaded_trace *trace,
                             const struct machine *machine, const struct ledger *ledger,
                             json_t *root, size_t first)
{
    const struct occupancy *part = &ledger->chronicle->part;
    size_t i, seen = 0, parts = ledger->structure_count;
    json_t *event;
    struct picture picture = {.trace = trace, .machine = machine};
    json_array_foreach(json_object_get(root, "traceEvents"), i, event)
    {
        const char *name = json_string_value(json_object_get(event, "name"));
        if (name == NULL || strstr(name, ": who holds it") == NULL)
            continue;
        assert_true(seen / parts < part->count);
        picture.number = part->samples[seen / parts].record;
        if (seen % parts == 0)
            reference_free(
                reference_replay_watched(&trace->view, machine, take_picture, &picture));
        check_counter(&picture, event, seen % parts,
                      instructions_before(trace, first, picture.number));
        seen++;
    }
    assert_int_equal(seen, part->count * parts);
    return seen;
}

static void test_counters(void **state)
{
    (void)state;
    size_t seen = 0;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct loaded_trace trace;
        struct random_shape shape = random_shape(seed);
        struct machine machine = random_machine(seed);
        const char *path = scratch_path("counters.xbt");
        shape.records = 600;
        random_trace_write(path, seed, &shape);
        trace_load(&trace, path);
        struct replay_options options = {
            .chronicle = true, .stretch_first = 37 * seed, .stretch_records = 200};
        struct cb_error error = {0};
        struct ledger *ledger = replay(trace.reader, &machine, &options, &error);
        assert_non_null(ledger);
        struct perfetto_replay replayed = {&machine, ledger};
        struct report_bytes bytes;
        assert_true(perfetto_export(trace.reader, options.stretch_first, 200, &replayed,
                                    &bytes, &error));
        json_t *root = json_loads(bytes.data, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(root);
        check_nesting(root);
        seen += check_counters(&trace, &machine, ledger, root, options.stretch_first);
        json_decref(root);
        free(bytes.data);
        ledger_free(ledger);
        trace_unload(&trace);
    }
    assert_true(seen > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stretch, setup, teardown),
        cmocka_unit_test_setup_teardown(test_beyond_the_end, setup, teardown),
        cmocka_unit_test(test_counters),
    };
    return cmocka_run_group_tests_name("report_perfetto", tests, NULL, NULL);
}
