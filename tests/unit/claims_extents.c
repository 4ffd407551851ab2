/* Extents: lines and pages that a crossing and a stay use, counted by hand. */
#include "../trace_tools.h"

#include "model/extents.h"

/* Two crossings of a trace with tables, then a stay of three pages.
 *
 * Lines have 16 bytes on i486-50. The first crossing, a null call:
 *   unseen    gate 0x30 at 0xc0002180: line 218; cs 0x10 at 0xc0002010: line 201;
 *             TSS + 4 at 0xc0002304: line 230; ss 0x18 at 0xc0002018: line 201 again;
 *             20 bytes pushed below 0xc0005000: lines 4fe, 4ff         5 lines of data
 *   code      0xc0001008, 2 bytes, and 0xc000100f, 2 bytes: 100, 101   2 lines of code
 *   data      0xc0005008: line 500, past the stack's                   1 line of data
 * and pages c0002, c0004 (the stack), c0001, c0005: 4.
 * The second adds a store of its own to 0xc0006000: 7 lines of data, 5 pages. */
static const struct trace_tables tables = {.idt = 0xc0002000,
                                           .gdt = 0xc0002000,
                                           .tss = 0xc0002300,
                                           .idt_physical = 0x2000,
                                           .gdt_physical = 0x2000,
                                           .tss_physical = 0x2300,
                                           .kernel_cs = 0x10,
                                           .kernel_ss = 0x18};

struct codes {
    uint32_t user, path, last;
};

static void put_crossing(struct trace_writer *w, const struct codes *codes, bool more)
{
    trace_put_fetch(w, codes->user, 0);
    trace_put_event(w, &(struct trace_record){.kind = TRACE_CROSSING_IN,
                                              .detail = TRACE_CAUSE_CALL,
                                              .a = 0x30,
                                              .b = 0xc0005000,
                                              .size = 20});
    trace_put_fetch(w, codes->path, 0);
    trace_put_data(w, TRACE_LOAD, 0xc0005008, 0x5008, 4);
    if (more) {
        trace_put_data(w, TRACE_STORE, 0xc0006000, 0x6000, 4);
        trace_put_event(w, &(struct trace_record){.kind = TRACE_IPC_SEND,
                                                  .detail = TRACE_IPC_IS_CALL});
    }
    trace_put_fetch(w, codes->last, 0);
    trace_put_event(w, &(struct trace_record){.kind = TRACE_CROSSING_OUT});
}

static void put_space(struct trace_writer *w, uint64_t cr3, uint8_t how)
{
    trace_put_event(w, &(struct trace_record){
                           .kind = TRACE_SPACE_SWITCH, .detail = how, .a = cr3, .b = 1});
}

static struct trace_reader *make_trace(void)
{
    const char *path = scratch_path("extents.xbt");
    struct trace_writer *w = trace_create(path, "{}", NULL);
    assert_non_null(w);
    static const uint8_t nop[2] = {0x66, 0x90};
    trace_put_domain(
        w, &(struct trace_domain){
               .id = 0, .name = "kernel", .base = 0xc0000000, .limit = 0xc4000000});
    trace_put_domain(
        w, &(struct trace_domain){
               .id = 1, .kind = TRACE_DOMAIN_LARGE, .limit = 1 << 20, .name = "user"});
    trace_put_region(w, &(struct trace_region){.base = 0x1000,
                                               .limit = 0x2000,
                                               .role = TRACE_KERNEL_PATH,
                                               .name = "path"});
    trace_put_tables(w, &tables);
    struct codes codes = {trace_put_code(w, 0x8000, 0x18000, nop, 2),
                          trace_put_code(w, 0xc0001008, 0x1008, nop, 2),
                          trace_put_code(w, 0xc000100f, 0x100f, nop, 2)};
    trace_put_state(w, 1, 1, 1, true);
    put_crossing(w, &codes, true); /* warm-up: not counted */
    trace_put_event(
        w, &(struct trace_record){.kind = TRACE_PHASE, .detail = TRACE_PHASE_MEASURED});
    put_crossing(w, &codes, false);
    put_crossing(w, &codes, true);
    put_space(w, 0x3000, TRACE_HOW_CR3);                /* here the first stay begins */
    trace_put_fetch(w, codes.user, 0);                  /* page 8 */
    trace_put_data(w, TRACE_LOAD, 0x8100, 0x18100, 4);  /* page 8 again */
    trace_put_data(w, TRACE_STORE, 0x9000, 0x19000, 4); /* page 9 */
    put_space(w, 0x4000, TRACE_HOW_SEGMENT);            /* not a stay's end */
    trace_put_data(w, TRACE_LOAD, 0xa000, 0x1a000, 4);  /* page 10 */
    put_space(w, 0x3000, TRACE_HOW_CR3);
    trace_put_fetch(w, codes.user, 0);
    assert_true(trace_finish(w, NULL));
    struct trace_reader *reader = trace_open(path, NULL);
    assert_non_null(reader);
    return reader;
}

static struct extents measure(const char *machine_name, const char *set)
{
    struct trace_reader *reader = make_trace();
    struct machine machine;
    struct extents extents;
    assert_true(
        machine_load(&machine, machine_name, "model/machines", &set, set ? 1 : 0, NULL));
    assert_true(extents_measure(reader, &machine, &extents, NULL));
    machine_free(&machine);
    trace_close(reader);
    return extents;
}

static void test_crossings(void **state)
{
    (void)state;
    struct extents extents = measure("i486-50", NULL);
    const struct crossing_extent *call = &extents.crossing[CROSSING_CALL];
    assert_int_equal(call->count, 1);
    assert_int_equal(call->code_lines, 2);
    assert_int_equal(call->data_lines, 6);
    assert_int_equal(call->code_bytes, 32);
    assert_int_equal(call->data_bytes, 96);
    assert_int_equal(call->pages, 4);
    const struct crossing_extent *ipc = &extents.crossing[CROSSING_IPC_CALL];
    assert_int_equal(ipc->count, 1);
    assert_int_equal(ipc->code_lines, 2);
    assert_int_equal(ipc->data_lines, 7);
    assert_int_equal(ipc->pages, 5);

    /* Lines of 32 bytes: 218 and 219 are one, 200 and 201, 230, 4fe and 4ff, 500 and 501;
     * code 100 and 101. */
    extents = measure("pentium-100", NULL);
    assert_int_equal(extents.crossing[CROSSING_CALL].code_lines, 1);
    assert_int_equal(extents.crossing[CROSSING_CALL].data_lines, 5);
    assert_int_equal(extents.crossing[CROSSING_CALL].data_bytes, 160);
}

/* The first stay has pages 8, 9 and 10, of which one of code and three of data; the
 * second page 8, of code. */
static void test_stays(void **state)
{
    (void)state;
    struct extents extents = measure("i486-50", NULL);
    assert_int_equal(extents.stays, 2);
    assert_int_equal(extents.refill_most, 3 + 1);
    extents = measure("pentium-100", NULL); /* 1 + 3, and 1 + 0 */
    assert_int_equal(extents.refill_most, 5);
}

/* min(n, s): a TLB of two entries takes no third. */
static void test_bound(void **state)
{
    (void)state;
    struct trace_reader *reader = make_trace();
    struct machine machine;
    struct extents extents;
    const char *sets[] = {"tlb.tlb.entries=2", "tlb.tlb.ways=2"};
    assert_true(machine_load(&machine, "i486-50", "model/machines", sets, 2, NULL));
    assert_true(extents_measure(reader, &machine, &extents, NULL));
    assert_int_equal(extents.refill_most, 2 + 1);
    machine_free(&machine);
    trace_close(reader);
}

/* call 3, alu_rr 1, jcc_taken 3, ret 5 on i486-50 is 12. A procedure that calls another
 * is no leaf, and one that is left by a trap does not count. */
static void test_procedure(void **state)
{
    (void)state;
    static const uint8_t call[] = {0xe8, 0x10, 0, 0, 0}, not_eax[] = {0xf7, 0xd0},
                         jump[] = {0x74, 0x02}, ret[] = {0xc3};
    const char *path = scratch_path("procedure.xbt");
    struct trace_writer *w = trace_create(path, "{}", NULL);
    trace_put_domain(w, &(struct trace_domain){.id = 0, .name = "kernel"});
    trace_put_domain(w, &(struct trace_domain){.id = 1, .name = "user"});
    uint32_t outer = trace_put_code(w, 0x8000, 0x8000, call, 5),
             inner = trace_put_code(w, 0x8015, 0x8015, call, 5),
             body = trace_put_code(w, 0x802a, 0x802a, not_eax, 2),
             branch = trace_put_code(w, 0x802c, 0x802c, jump, 2),
             near = trace_put_code(w, 0x802e, 0x802e, ret, 1),
             far = trace_put_code(w, 0x8030, 0x8030, ret, 1),
             back = trace_put_code(w, 0x801a, 0x801a, ret, 1);
    trace_put_state(w, 1, 1, 1, true);
    trace_put_event(
        w, &(struct trace_record){.kind = TRACE_PHASE, .detail = TRACE_PHASE_MEASURED});
    trace_put_fetch(w, outer, 0);
    const uint32_t once[] = {inner, body, branch, far, back};
    for (size_t i = 0; i < 5; i++)
        trace_put_fetch(w, once[i], 0);
    trace_put_fetch(w, outer, 0);
    trace_put_fetch(w, near, 0); /* 3 + 5, but for the trap */
    trace_put_event(w, &(struct trace_record){.kind = TRACE_CROSSING_IN, .a = 48});
    trace_put_event(w, &(struct trace_record){.kind = TRACE_CROSSING_OUT});
    trace_put_fetch(w, back, 0);
    assert_true(trace_finish(w, NULL));

    struct trace_reader *reader = trace_open(path, NULL);
    struct machine machine;
    struct extents extents;
    assert_true(machine_load(&machine, "i486-50", "model/machines", NULL, 0, NULL));
    assert_true(extents_measure(reader, &machine, &extents, NULL));
    assert_int_equal(extents.procedure_mcycles, 12000);
    machine_free(&machine);
    trace_close(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crossings),
        cmocka_unit_test(test_stays),
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_procedure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
