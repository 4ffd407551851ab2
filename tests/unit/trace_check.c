/* trace_check() finds each inconsistency, where it is, and nothing in a good trace. */
#include "../test.h"

#include "../trace_tools.h"
#include "traces/check.h"

#define MOST 16

struct findings {
    size_t count;
    struct check_finding at[MOST];
};

static bool keep(void *context, const struct check_finding *finding)
{
    struct findings *findings = context;
    assert_true(findings->count < MOST);
    findings->at[findings->count++] = *finding;
    return true;
}

static struct trace_writer *writer;
static uint32_t kernel_code, app_code;

static void event(enum trace_kind kind, uint8_t detail, uint64_t a, uint64_t b)
{
    trace_put_event(writer, &(struct trace_record){
                                .kind = (uint8_t)kind, .detail = detail, .a = a, .b = b});
}

static void load(uint64_t vaddr, uint64_t paddr)
{
    trace_put_data(writer, TRACE_LOAD, vaddr, paddr, 4);
}

static void store(uint64_t vaddr, uint64_t paddr)
{
    trace_put_data(writer, TRACE_STORE, vaddr, paddr, 4);
}

/* The kernel, and domain 1 with the window 0x400000 to 0x500000; user mode, domain 1. */
static void start(void)
{
    struct cb_error error;
    const uint8_t nop = 0x90;
    writer = trace_create(scratch_path("check.xbt"), "{}", &error);
    assert_non_null(writer);
    trace_put_domain(writer, &(struct trace_domain){.id = 0, .name = "kernel"});
    trace_put_domain(writer, &(struct trace_domain){.id = 1,
                                                    .kind = TRACE_DOMAIN_SMALL,
                                                    .base = 0x400000,
                                                    .limit = 0x500000,
                                                    .name = "app"});
    trace_put_region(writer, &(struct trace_region){.base = 0x100000,
                                                    .limit = 0x200000,
                                                    .role = TRACE_KERNEL_PATH,
                                                    .name = "kernel"});
    kernel_code = trace_put_code(writer, 0xc0100000, 0x100000, &nop, 1);
    app_code = trace_put_code(writer, 0x400000, 0x300000, &nop, 1);
    trace_put_state(writer, 1, 1, 0, true);
}

static struct check_result finish(struct findings *findings)
{
    struct cb_error error;
    struct check_result result;
    assert_true(trace_finish(writer, &error));
    struct trace_reader *reader = trace_open(scratch_path("check.xbt"), &error);
    assert_non_null(reader);
    findings->count = 0;
    assert_true(trace_check(reader, keep, findings, &result, &error));
    assert_int_equal(result.records, trace_info(reader)->records);
    trace_close(reader);
    return result;
}

/* Exactly one finding: this. */
static void finds(enum check_kind kind, uint64_t record, const char *sentence)
{
    struct findings findings;
    struct check_result result = finish(&findings);
    for (size_t i = 0; i < findings.count; i++)
        print_message("# %s\n", findings.at[i].sentence);
    assert_int_equal(findings.count, 1);
    assert_string_equal(findings.at[0].sentence, sentence);
    assert_string_equal(check_kind_word(findings.at[0].kind), check_kind_word(kind));
    assert_int_equal(findings.at[0].record, record);
    assert_int_equal(result.found[kind], 1);
}

static void finds_nothing(void)
{
    struct findings findings;
    finish(&findings);
    for (size_t i = 0; i < findings.count; i++)
        print_message("# %s\n", findings.at[i].sentence);
    assert_int_equal(findings.count, 0);
}

/* A call with an interrupt within the kernel, a switch of thread and space, a page table
 * changed by the kernel's store, a request. */
static void a_good_trace_has_no_findings(void **state)
{
    (void)state;
    start();
    event(TRACE_SPACE_SWITCH, TRACE_HOW_CR3, 0x8000, 0);
    trace_put_event(writer,
                    &(struct trace_record){
                        .kind = TRACE_PAGE_TABLE, .code = 1, .a = 0x8000, .b = 0x9000});
    event(TRACE_REQUEST_BEGIN, 0, 7, 0);
    trace_put_fetch(writer, app_code, 0);
    load(0x4ffffc, 0x30fffc);
    event(TRACE_CROSSING_IN, TRACE_CAUSE_CALL, 48, 0);
    trace_put_fetch(writer, kernel_code, 0);
    event(TRACE_CROSSING_IN, TRACE_CAUSE_INTERRUPT, 32, 0);
    trace_put_fetch(writer, kernel_code, 0);
    event(TRACE_CROSSING_OUT, TRACE_EXIT_IRET, 1, 0);
    event(TRACE_THREAD_SWITCH, 0, 2, 1);
    event(TRACE_CROSSING_OUT, TRACE_EXIT_IRET, 0, 0);
    trace_put_fetch(writer, app_code, 0);
    event(TRACE_CROSSING_IN, TRACE_CAUSE_FAULT, 14, 0);
    /* The entry of page 0x4ff000 in the table at 0x9000: 0x9000 + 4 * 0xff. */
    store(0xc00093fc, 0x93fc);
    event(TRACE_THREAD_SWITCH, 0, 1, 1);
    event(TRACE_CROSSING_OUT, TRACE_EXIT_IRET, 0, 0);
    trace_put_fetch(writer, app_code, 0);
    load(0x4ff000, 0x777000);
    event(TRACE_REQUEST_END, 0, 7, 0);
    finds_nothing();
}

static void calls_from_the_kernel_are_found(void **state)
{
    (void)state;
    start();
    event(TRACE_CROSSING_IN, TRACE_CAUSE_CALL, 48, 0);
    event(TRACE_CROSSING_IN, TRACE_CAUSE_CALL, 48, 0);
    finds(CHECK_CROSSING, 1, "a call into the kernel comes from kernel mode");
}

static void returns_in_user_mode_are_found(void **state)
{
    (void)state;
    start();
    event(TRACE_CROSSING_IN, TRACE_CAUSE_CALL, 48, 0);
    event(TRACE_CROSSING_OUT, TRACE_EXIT_IRET, 0, 0);
    event(TRACE_CROSSING_OUT, TRACE_EXIT_IRET, 0, 0);
    finds(CHECK_CROSSING, 2, "a return from the kernel while in user mode");
}

static void returns_to_another_mode_are_found(void **state)
{
    (void)state;
    start();
    event(TRACE_CROSSING_IN, TRACE_CAUSE_CALL, 48, 0);
    event(TRACE_CROSSING_OUT, TRACE_EXIT_IRET, 1, 0);
    finds(CHECK_CROSSING, 1,
          "a return to kernel mode from an entry that came from user mode");
}

static void unknown_domains_are_found_once(void **state)
{
    (void)state;
    start();
    event(TRACE_THREAD_SWITCH, 0, 2, 9);
    trace_put_fetch(writer, app_code, 0);
    event(TRACE_THREAD_SWITCH, 0, 2, 9);
    finds(CHECK_DOMAIN, 0, "domain 9 is not declared");
}

static void user_mode_in_kernel_code_is_found(void **state)
{
    (void)state;
    start();
    trace_put_fetch(writer, app_code, 0);
    trace_put_fetch(writer, kernel_code, 0);
    finds(CHECK_MODE, 1, "code of the kernel is fetched in user mode, at 0xc0100000");
}

static void accesses_outside_the_window_are_found(void **state)
{
    (void)state;
    start();
    trace_put_fetch(writer, app_code, 0);
    load(0x4ffffc, 0x4ffffc);
    load(0x500000, 0x500000);
    finds(CHECK_WINDOW, 2,
          "domain 1 accesses 0x500000, outside its window 0x400000 to 0x500000");
}

static void contradicting_translations_are_found(void **state)
{
    (void)state;
    start();
    load(0x401010, 0x901010);
    /* 1025 other pages, one of which takes this one's place among the recent. */
    trace_put_event(writer, &(struct trace_record){.kind = TRACE_CROSSING_IN});
    for (uint64_t page = 0; page < 1025; page++)
        load(0x80000000 + page * 4096, page * 4096);
    event(TRACE_SPACE_SWITCH, TRACE_HOW_NONE, 0, 1);
    load(0x401010, 0x701010);
    event(TRACE_SPACE_SWITCH, TRACE_HOW_NONE, 0, 0);
    load(0x401020, 0x801020);
    load(0x401024, 0x801024);
    finds(CHECK_TRANSLATION, 1030,
          "page 0x401000 of space 0 is at 0x801000, at record 0 it was at 0x901000");
}

static void a_store_to_another_entry_is_no_excuse(void **state)
{
    (void)state;
    start();
    event(TRACE_SPACE_SWITCH, TRACE_HOW_CR3, 0x8000, 0);
    trace_put_event(writer,
                    &(struct trace_record){
                        .kind = TRACE_PAGE_TABLE, .code = 1, .a = 0x8000, .b = 0x9000});
    load(0x401000, 0x901000);
    event(TRACE_CROSSING_IN, 0, 0, 0);
    store(0xc0009008, 0x9008); /* page 0x402000's; 0x401000's entry is at 0x9004 */
    load(0x401000, 0x801000);
    finds(CHECK_TRANSLATION, 5,
          "page 0x401000 of space 0 is at 0x801000, at record 2 it was at 0x901000");
}

static void large_page(uint32_t index, uint64_t frame)
{
    trace_put_event(writer, &(struct trace_record){.kind = TRACE_PAGE_TABLE,
                                                   .detail = TRACE_MAPS_LARGE_PAGE,
                                                   .code = index,
                                                   .a = 0x8000,
                                                   .b = frame});
}

/* What is stored into a large page is stored into no page table; another directory entry
 * excuses what moves, and a table does in a large page's place. */
static void large_pages_hold_what_lies_in_them(void **state)
{
    (void)state;
    start();
    event(TRACE_SPACE_SWITCH, TRACE_HOW_CR3, 0x8000, 0);
    large_page(1, 0x1000000);
    load(0x401000, 0x1001000);
    load(0x4ffffc, 0x10ffffc);
    large_page(1, 0x2000000);
    load(0x401000, 0x2001000);
    trace_put_event(writer,
                    &(struct trace_record){
                        .kind = TRACE_PAGE_TABLE, .code = 1, .a = 0x8000, .b = 0x9000});
    load(0x401000, 0x911000);
    finds_nothing();
    start();
    event(TRACE_SPACE_SWITCH, TRACE_HOW_CR3, 0x8000, 0);
    large_page(1, 0x1000000);
    load(0x401000, 0x1002000);
    finds(CHECK_TRANSLATION, 2,
          "0x401000 is at 0x1002000, but lies in the large page at 0x1000000");
}

static void spaces_and_cr3_values_that_mix_are_found(void **state)
{
    (void)state;
    start();
    event(TRACE_SPACE_SWITCH, TRACE_HOW_CR3, 0x8000, 1);
    event(TRACE_SPACE_SWITCH, TRACE_HOW_CR3, 0xa000, 1);
    finds(CHECK_SPACE, 1, "space 1 has CR3 0xa000, it had 0x8000");
    start();
    event(TRACE_SPACE_SWITCH, TRACE_HOW_CR3, 0x8000, 1);
    event(TRACE_SPACE_SWITCH, TRACE_HOW_CR3, 0x8000, 2);
    finds(CHECK_SPACE, 1, "CR3 0x8000 is space 2, it was space 1");
}

static void spaces_without_page_tables_are_found(void **state)
{
    (void)state;
    start();
    event(TRACE_SPACE_SWITCH, TRACE_HOW_CR3, 0x8000, 1);
    trace_put_event(writer,
                    &(struct trace_record){
                        .kind = TRACE_PAGE_TABLE, .code = 1, .a = 0x8000, .b = 0x9000});
    load(0x401000, 0x901000);
    event(TRACE_SPACE_SWITCH, TRACE_HOW_CR3, 0xa000, 2);
    load(0x401000, 0x911000);
    load(0x401000, 0x911000);
    finds(CHECK_SPACE, 4, "accesses under CR3 0xa000, of which no page table is known");
}

static void lost_records_are_found(void **state)
{
    (void)state;
    start();
    event(TRACE_LOST, 0, 12, 0);
    finds(CHECK_LOST, 0, "12 records were lost here");
}

static void unbalanced_requests_are_found(void **state)
{
    (void)state;
    start();
    event(TRACE_REQUEST_BEGIN, 0, 1, 0);
    event(TRACE_REQUEST_BEGIN, 0, 2, 0);
    event(TRACE_REQUEST_END, 0, 2, 0);
    finds(CHECK_REQUEST, 1, "request 2 begins before request 1 ends");
    start();
    event(TRACE_REQUEST_BEGIN, 0, 1, 0);
    event(TRACE_REQUEST_END, 0, 2, 0);
    finds(CHECK_REQUEST, 1, "request 2 ends, which is not the one that began");
    start();
    event(TRACE_REQUEST_END, 0, 2, 0);
    finds(CHECK_REQUEST, 0, "request 2 ends, which is not the one that began");
    start();
    event(TRACE_LOST, 0, 0, 0);
    event(TRACE_REQUEST_BEGIN, 0, 5, 0);
    struct findings findings;
    finish(&findings);
    assert_int_equal(findings.count, 2);
    assert_string_equal(findings.at[1].sentence, "request 5 never ends");
    assert_int_equal(findings.at[1].record, 1);
}

static void unknown_details_are_found(void **state)
{
    (void)state;
    start();
    event(TRACE_IPC_SEND, 200, 0, 0);
    finds(CHECK_DETAIL, 0, "detail 200 is none that ipc_send has");
}

static void cut_files_are_found(void **state)
{
    (void)state;
    struct cb_error error;
    struct findings findings = {.count = 0};
    struct check_result result;
    start();
    trace_put_fetch(writer, app_code, 0);
    finish(&findings);
    size_t size;
    uint8_t *bytes = slurp(scratch_path("check.xbt"), &size);
    spill(scratch_path("check.xbt"), bytes, size - 1);
    free(bytes);
    struct trace_reader *reader = trace_open(scratch_path("check.xbt"), &error);
    assert_true(trace_check(reader, keep, &findings, &result, &error));
    assert_int_equal(findings.count, 1);
    assert_int_equal(findings.at[0].kind, CHECK_CUT);
    assert_int_equal(findings.at[0].record, 1);
    char sentence[64];
    snprintf(sentence, sizeof sentence, "the file was cut after byte %zu", size - 32);
    assert_string_equal(findings.at[0].sentence, sentence);
    trace_close(reader);
}

/* A trace that declares nothing is one domain, and is good. */
static void a_bare_trace_has_no_findings(void **state)
{
    (void)state;
    struct cb_error error;
    writer = trace_create(scratch_path("check.xbt"), "{}", &error);
    load(0x1000, 0x1000);
    store(0x1000, 0x1000);
    finds_nothing();
}

static bool stop_at_once(void *context, const struct check_finding *finding)
{
    (void)finding;
    ++*(int *)context;
    return false;
}

static void a_report_can_stop_the_check(void **state)
{
    (void)state;
    struct cb_error error;
    struct check_result result;
    int calls = 0;
    start();
    for (int i = 0; i < 9; i++)
        event(TRACE_LOST, 0, 1, 0);
    assert_true(trace_finish(writer, &error));
    struct trace_reader *reader = trace_open(scratch_path("check.xbt"), &error);
    assert_true(trace_check(reader, stop_at_once, &calls, &result, &error));
    assert_int_equal(calls, 1);
    assert_true(trace_check(reader, NULL, NULL, &result, &error));
    assert_int_equal(result.found[CHECK_LOST], 9);
    trace_close(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_trace_has_no_findings),
        cmocka_unit_test(calls_from_the_kernel_are_found),
        cmocka_unit_test(returns_in_user_mode_are_found),
        cmocka_unit_test(returns_to_another_mode_are_found),
        cmocka_unit_test(unknown_domains_are_found_once),
        cmocka_unit_test(user_mode_in_kernel_code_is_found),
        cmocka_unit_test(accesses_outside_the_window_are_found),
        cmocka_unit_test(contradicting_translations_are_found),
        cmocka_unit_test(a_store_to_another_entry_is_no_excuse),
        cmocka_unit_test(large_pages_hold_what_lies_in_them),
        cmocka_unit_test(spaces_and_cr3_values_that_mix_are_found),
        cmocka_unit_test(spaces_without_page_tables_are_found),
        cmocka_unit_test(lost_records_are_found),
        cmocka_unit_test(unbalanced_requests_are_found),
        cmocka_unit_test(unknown_details_are_found),
        cmocka_unit_test(cut_files_are_found),
        cmocka_unit_test(a_bare_trace_has_no_findings),
        cmocka_unit_test(a_report_can_stop_the_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
