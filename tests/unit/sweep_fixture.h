/* sweep_fixture.h - a small trace, a machine all of which can be swept, and grids over
 * it.
 */
#ifndef CROSSBILL_SWEEP_FIXTURE_H
#define CROSSBILL_SWEEP_FIXTURE_H

#include "../test.h"

#include "../random_trace.h"
#include "../trace_tools.h"
#include "model/sweep.h"

/* Two levels of caches over LRU TLBs, kept by a fixed walk: all of it can be swept. */
static const char machine_text[] =
    "{\"name\": \"m\", \"title\": \"m\", \"clock_khz\": 1000,"
    " \"tlb\": {\"i\": {\"level\": 1, \"holds\": \"instructions\", \"entries\": 8,"
    "  \"ways\": 2, \"page_sizes\": 4096, \"replacement\": \"lru\"},"
    "  \"d\": {\"level\": 1, \"holds\": \"data\", \"entries\": 8, \"ways\": 2,"
    "  \"page_sizes\": 4096, \"replacement\": \"lru\", \"global_pages\": true}},"
    " \"walk\": {\"kind\": \"fixed\", \"cycles\": 9},"
    " \"cache\": {\"l1\": {\"level\": 1, \"holds\": \"both\", \"size\": 1024,"
    "  \"ways\": 2, \"line\": 16, \"replacement\": \"lru\", \"write\": \"back\","
    "  \"write_allocate\": true},"
    "  \"l2\": {\"level\": 2, \"holds\": \"both\", \"size\": 8192, \"ways\": 2,"
    "  \"line\": 16, \"latency\": 4, \"replacement\": \"lru\", \"write\": \"back\","
    "  \"write_allocate\": true}},"
    " \"memory\": {\"latency\": 20}, \"switch\": {\"cr3_flushes\": \"all\"},"
    " \"instructions\": {\"default\": 1}}";

struct fixture {
    char machine[128];
    struct trace_reader *trace;
    struct sweep_axis axes[SWEEP_AXES];
    struct sweep_request request;
};

static inline int set_up(void **state)
{
    static struct fixture fixture;
    struct random_shape shape = random_shape(3);
    struct cb_error error;
    char path[128];
    shape.records = 500;
    snprintf(path, sizeof path, "%s", scratch_path("plan.xbt"));
    random_trace_write(path, 3, &shape);
    snprintf(fixture.machine, sizeof fixture.machine, "%s", scratch_path("m.json"));
    spill(fixture.machine, (const uint8_t *)machine_text, strlen(machine_text));
    fixture.trace = trace_open(path, &error);
    assert_non_null(fixture.trace);
    assert_true(trace_hash(fixture.trace, &error));
    *state = &fixture;
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *fixture = *state;
    trace_close(fixture->trace);
    return 0;
}

static inline void vary(struct fixture *fixture, const char *const *expressions)
{
    struct cb_error error;
    for (size_t i = 0; i < fixture->request.axis_count; i++)
        sweep_axis_free(&fixture->axes[i]);
    fixture->request =
        (struct sweep_request){.machine = fixture->machine, .axes = fixture->axes};
    for (; *expressions != NULL; expressions++)
        if (!sweep_axis_parse(&fixture->axes[fixture->request.axis_count++], *expressions,
                              &error))
            fail_msg("%s", error.sentence);
}
#define VARY(fixture, ...) vary(fixture, (const char *const[]){__VA_ARGS__, NULL})

static inline struct sweep_plan explain(const struct fixture *fixture)
{
    struct sweep_plan plan;
    struct cb_error error;
    if (!sweep_explain(&fixture->request, fixture->trace, NULL, &plan, &error))
        fail_msg("%s", error.sentence);
    return plan;
}

#endif
