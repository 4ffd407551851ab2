/* The text of a trace, line by line; and which region decides about a code location. */
#include "../test.h"

#include "../trace_tools.h"
#include "traces/dump.h"

static void says(struct trace_record record, const char *expected)
{
    char line[DUMP_LINE_MAX];
    size_t size = dump_record(&record, line);
    assert_string_equal(line, expected);
    assert_int_equal(size, strlen(expected));
}

static void each_kind_has_its_line(void **state)
{
    (void)state;
    says((struct trace_record){.kind = TRACE_FETCH,
                               .vaddr = 0xc0100000,
                               .paddr = 0x100000,
                               .size = 3,
                               .code = 17,
                               .thread = 2},
         "fetch 0xc0100000 0x100000 3 kernel 0 0 2 17\n");
    says((struct trace_record){.kind = TRACE_LOAD,
                               .vaddr = 0,
                               .paddr = 0xf,
                               .size = 255,
                               .code = TRACE_NO_CODE,
                               .user = 1},
         "load 0x0 0xf 255 user 0 0 0 -\n");
    says((struct trace_record){.kind = TRACE_STORE,
                               .vaddr = UINT64_MAX,
                               .paddr = 0x10,
                               .size = 1,
                               .domain = 65534,
                               .space = 65535,
                               .thread = UINT32_MAX,
                               .user = 1},
         "store 0xffffffffffffffff 0x10 1 user 65534 65535 4294967295 0\n");
    says((struct trace_record){.kind = TRACE_CROSSING_IN,
                               .a = 48,
                               .b = 0x8000,
                               .size = 20,
                               .detail = TRACE_CAUSE_CALL},
         "crossing_in 0x30 0x8000 20 kernel 0 0 0 0 call\n");
    says((struct trace_record){.kind = TRACE_CROSSING_IN, .detail = TRACE_CAUSE_FAULT},
         "crossing_in 0x0 0x0 0 kernel 0 0 0 0 fault\n");
    says((struct trace_record){.kind = TRACE_CROSSING_IN, .detail = 2},
         "crossing_in 0x0 0x0 0 kernel 0 0 0 0 interrupt\n");
    says((struct trace_record){.kind = TRACE_CROSSING_OUT, .detail = TRACE_EXIT_SYSEXIT},
         "crossing_out 0x0 0x0 0 kernel 0 0 0 0 sysexit\n");
    says((struct trace_record){.kind = TRACE_THREAD_SWITCH, .a = 3, .b = 1, .thread = 3},
         "thread_switch 0x3 0x1 0 kernel 0 0 3 0 0\n");
    says((struct trace_record){.kind = TRACE_SPACE_SWITCH, .a = 0x8000, .detail = 2},
         "space_switch 0x8000 0x0 0 kernel 0 0 0 0 segment\n");
    says((struct trace_record){.kind = TRACE_IPC_SEND, .detail = TRACE_IPC_IS_REPLY},
         "ipc_send 0x0 0x0 0 kernel 0 0 0 0 reply\n");
    says((struct trace_record){.kind = TRACE_IPC_RECEIVE, .detail = 255},
         "ipc_receive 0x0 0x0 0 kernel 0 0 0 0 255\n");
    says((struct trace_record){.kind = TRACE_PAGE_TABLE, .code = 768},
         "page_table 0x0 0x0 0 kernel 0 0 0 768 table\n");
    says((struct trace_record){.kind = TRACE_PAGE_TABLE,
                               .code = 769,
                               .a = 0x8000,
                               .b = 0x400000,
                               .detail = TRACE_MAPS_LARGE_PAGE},
         "page_table 0x8000 0x400000 0 kernel 0 0 0 769 large_page\n");
    says((struct trace_record){.kind = TRACE_REQUEST_BEGIN, .a = 1},
         "request_begin 0x1 0x0 0 kernel 0 0 0 0 0\n");
    says((struct trace_record){.kind = TRACE_REQUEST_END, .a = 1},
         "request_end 0x1 0x0 0 kernel 0 0 0 0 0\n");
    says((struct trace_record){.kind = TRACE_PHASE, .detail = TRACE_PHASE_MEASURED},
         "phase 0x0 0x0 0 kernel 0 0 0 0 measured\n");
    says((struct trace_record){.kind = TRACE_PHASE, .detail = 9},
         "phase 0x0 0x0 0 kernel 0 0 0 0 9\n");
    says((struct trace_record){.kind = TRACE_LOST, .a = 5},
         "lost 0x5 0x0 0 kernel 0 0 0 0 0\n");
}

struct text {
    char bytes[8192];
    size_t used;
};

static bool collect(void *context, const char *bytes, size_t size)
{
    struct text *text = context;
    assert_true(text->used + size < sizeof text->bytes);
    memcpy(text->bytes + text->used, bytes, size);
    text->used += size;
    text->bytes[text->used] = '\0';
    return true;
}

static void a_trace_becomes_text(void **state)
{
    (void)state;
    struct cb_error error;
    struct text text = {.used = 0};
    const char *path = scratch_path("dump.xbt");
    struct trace_writer *w = trace_create(path, "{\"tool\":\n\"a\\\\b\"}", &error);
    trace_put_domain(w,
                     &(struct trace_domain){.id = 0, .limit = 16, .name = "the kernel"});
    trace_put_region(w, &(struct trace_region){.base = 0,
                                               .limit = 0x1000,
                                               .role = TRACE_BINDING,
                                               .domain = TRACE_DOMAIN_CURRENT,
                                               .name = "\033[2J\xc3"});
    trace_put_region(
        w, &(struct trace_region){.base = 0, .limit = 1, .name = "", .domain = 7});
    trace_put_tables(w, &(struct trace_tables){1, 2, 3, 4, 5, 6, 8, 16});
    trace_put_state(w, 4, 3, 2, true);
    trace_put_fetch(w, trace_put_code(w, 16, 32, (const uint8_t[]){0xcd, 0x30}, 2), 0);
    trace_put_fetch(w, trace_put_code(w, 18, 34, NULL, 0), 9);
    assert_true(trace_finish(w, &error));
    struct trace_reader *reader = trace_open(path, &error);
    assert_true(dump_trace(reader, collect, &text, &error));
    trace_close(reader);
    assert_string_equal(text.bytes, "crossbill-text 1\n"
                                    "header {\"tool\":\\x0a\"a\\\\\\\\b\"}\n"
                                    "domain 0 kernel 0x0 0x10 the kernel\n"
                                    "region binding current 0x0 0x1000 \\x1b[2J\\xc3\n"
                                    "region work 7 0x0 0x1 \n"
                                    "tables 0x1 0x2 0x3 0x4 0x5 0x6 0x8 0x10\n"
                                    "code 0 0x10 0x20 cd30\n"
                                    "code 1 0x12 0x22 -\n"
                                    "state user 3 2 4\n"
                                    "fetch 0x10 0x20 2 user 3 2 4 0\n"
                                    "fetch 0x12 0x22 9 user 3 2 4 1\n");
}

static void region(struct trace_writer *w, uint64_t base, uint64_t limit, uint8_t role,
                   uint16_t domain)
{
    trace_put_region(w,
                     &(struct trace_region){
                         .base = base, .limit = limit, .role = role, .domain = domain});
}

/* The innermost is the smallest that holds the address, wherever regions begin and end;
 * of two as large the later. Regions come before or after the code. */
static void the_innermost_region_decides(void **state)
{
    (void)state;
    static const struct {
        uint64_t paddr;
        uint8_t role;
        uint16_t domain;
    } expected[] = {
        {0x0fff, TRACE_WORK, TRACE_DOMAIN_CURRENT}, /* before all */
        {0x1000, TRACE_KERNEL_PATH, 0},
        {0x17ff, TRACE_KERNEL_PATH, 0},
        {0x1800, TRACE_BORDER, 1},
        {0x183f, TRACE_BORDER, 1},
        {0x1840, TRACE_BINDING, TRACE_DOMAIN_CURRENT}, /* in a region in the region */
        {0x1841, TRACE_BORDER, 1},
        {0x18ff, TRACE_BORDER, 1},
        {0x1900, TRACE_IDLE, 3}, /* overlaps the second, is smaller */
        {0x1980, TRACE_KERNEL_PATH, 0},
        {0x2fff, TRACE_KERNEL_PATH, 0},
        {0x3000, TRACE_WORK, TRACE_DOMAIN_CURRENT},
        {0x4000, TRACE_SPACE_SWITCHING, 5}, /* the later of two alike */
        {UINT64_MAX - 1, TRACE_THREAD_SWITCHING, 6},
        {UINT64_MAX, TRACE_WORK, TRACE_DOMAIN_CURRENT},
    };
    enum { COUNT = sizeof expected / sizeof *expected };
    struct cb_error error;
    const char *path = scratch_path("regions.xbt");
    struct trace_writer *w = trace_create(path, "{}", &error);
    trace_put_state(w, 0, 9, 0, false);
    region(w, 0x1840, 0x1841, TRACE_BINDING, TRACE_DOMAIN_CURRENT);
    region(w, 0x1000, 0x3000, TRACE_KERNEL_PATH, 0);
    region(w, 0x4000, 0x4010, TRACE_BORDER, 4);
    for (int i = 0; i < COUNT; i++)
        trace_put_fetch(w, trace_put_code(w, 0, expected[i].paddr, NULL, 0), 1);
    region(w, 0x1800, 0x1920, TRACE_BORDER, 1);
    region(w, 0x1900, 0x1980, TRACE_IDLE, 3);
    region(w, 0x4000, 0x4010, TRACE_SPACE_SWITCHING, 5);
    region(w, UINT64_MAX - 1, UINT64_MAX, TRACE_THREAD_SWITCHING, 6);
    assert_true(trace_finish(w, &error));
    struct trace_reader *reader = trace_open(path, &error);
    assert_non_null(reader);
    uint32_t count;
    size_t got;
    const struct trace_code *codes = trace_codes(reader, &count);
    struct trace_record *records = read_all(reader, &got);
    assert_int_equal(count, COUNT);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(codes[i].role, expected[i].role);
        assert_int_equal(codes[i].domain, expected[i].domain);
        assert_int_equal(records[i].domain, expected[i].domain == TRACE_DOMAIN_CURRENT
                                                ? 9
                                                : expected[i].domain);
    }
    free(records);
    trace_close(reader);
}

/* The painting of regions against a search through all of them. */
static void random_regions_are_resolved_as_by_a_search(void **state)
{
    (void)state;
    enum { REGIONS = 300, CODES = 3000 };
    uint64_t random = 4;
    struct cb_error error;
    struct trace_region regions[REGIONS];
    const char *path = scratch_path("random-regions.xbt");
    struct trace_writer *w = trace_create(path, "{}", &error);
    for (int i = 0; i < REGIONS; i++) {
        uint64_t base = random_next(&random) % 2000;
        regions[i] = (struct trace_region){.base = base,
                                           .limit = base + 1 + random_next(&random) % 100,
                                           .domain = (uint16_t)i};
        trace_put_region(w, &regions[i]);
    }
    for (uint64_t i = 0; i < CODES; i++)
        trace_put_code(w, 0, i, NULL, 0);
    assert_true(trace_finish(w, &error));
    struct trace_reader *reader = trace_open(path, &error);
    uint32_t count;
    const struct trace_code *codes = trace_codes(reader, &count);
    assert_int_equal(count, CODES);
    for (uint64_t i = 0; i < CODES; i++) {
        const struct trace_region *best = NULL;
        for (int r = 0; r < REGIONS; r++)
            if (regions[r].base <= i && i < regions[r].limit &&
                (best == NULL ||
                 regions[r].limit - regions[r].base <= best->limit - best->base))
                best = &regions[r];
        assert_int_equal(codes[i].domain,
                         best == NULL ? TRACE_DOMAIN_CURRENT : best->domain);
    }
    trace_close(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_has_its_line),
        cmocka_unit_test(a_trace_becomes_text),
        cmocka_unit_test(the_innermost_region_decides),
        cmocka_unit_test(random_regions_are_resolved_as_by_a_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
