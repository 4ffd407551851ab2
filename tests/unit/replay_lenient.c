/* Events out of balance: refused with their record, or put right and counted. A trace
 * that was put right yields what the same trace yields that never was out of balance. */
#include "../test.h"

#include "../trace_tools.h"
#include "model/model.h"

enum { NESTED = 17 }; /* one more than may be inside at once */

/* A trace as a line of letters; it begins in user mode, in domain 1, the application:
 *   x         a nop is executed
 *   i, f, o   a call comes in, a fault, a crossing goes out to user mode
 *   0, 1, 9   the thread goes on in this domain; nobody has declared 9 */
static void put_letter(struct trace_writer *writer, char letter, uint32_t code)
{
    struct trace_record event = {.kind = TRACE_CROSSING_IN, .detail = TRACE_CAUSE_CALL};
    switch (letter) {
    case 'x':
        trace_put_fetch(writer, code, 1);
        return;
    case 'i':
        break;
    case 'f':
        event.detail = TRACE_CAUSE_FAULT;
        break;
    case 'o':
        event = (struct trace_record){.kind = TRACE_CROSSING_OUT};
        break;
    default:
        event = (struct trace_record){
            .kind = TRACE_THREAD_SWITCH, .a = 1, .b = (uint64_t)(letter - '0')};
    }
    trace_put_event(writer, &event);
}

static struct trace_reader *write_trace(const char *letters)
{
    struct cb_error error;
    const char *path = scratch_path("lenient.xbt");
    const struct trace_domain domains[] = {
        {.id = 0, .kind = TRACE_DOMAIN_KERNEL, .name = "kernel"},
        {.id = 1, .kind = TRACE_DOMAIN_LARGE, .name = "application"}};
    struct trace_writer *writer = trace_create(path, "{}", &error);
    assert_non_null(writer);
    for (int i = 0; i < 2; i++)
        trace_put_domain(writer, &domains[i]);
    trace_put_state(writer, 1, 1, 1, true);
    uint32_t code = trace_put_code(writer, 0x10000, 0x20000, (const uint8_t *)"\x90", 1);
    for (; *letters != '\0'; letters++)
        put_letter(writer, *letters, code);
    assert_true(trace_finish(writer, &error));
    struct trace_reader *trace = trace_open(path, &error);
    assert_non_null(trace);
    return trace;
}

static struct ledger *try_replay(const char *letters, bool lenient,
                                 struct cb_error *error)
{
    struct machine machine;
    assert_true(machine_load(&machine, "tiny", "model/machines", NULL, 0, error));
    machine.switching.kpti = true; /* so that a crossing out that was missed costs */
    struct trace_reader *trace = write_trace(letters);
    struct replay_options options = {.lenient = lenient};
    struct ledger *ledger = replay(trace, &machine, &options, error);
    trace_close(trace);
    machine_free(&machine);
    return ledger;
}

static void is_refused(const char *letters, uint64_t record, const char *sentence)
{
    struct cb_error error;
    assert_null(try_replay(letters, false, &error));
    assert_int_equal(error.code, CB_TRACE);
    assert_int_equal(error.record, record);
    assert_string_equal(error.sentence, sentence);
}

static void same_ledger(const struct ledger *got, const struct ledger *want)
{
    const struct ledger_phase *a = &got->phase[TRACE_PHASE_MEASURED],
                              *b = &want->phase[TRACE_PHASE_MEASURED];
    assert_int_equal(got->total_mcycles, want->total_mcycles);
    assert_int_equal(got->domain_count, want->domain_count);
    assert_memory_equal(a->domains, b->domains, got->domain_count * sizeof *a->domains);
    assert_memory_equal(a->crossings, b->crossings, sizeof a->crossings);
}

/* `mended` is in balance and says what the broken one is taken for. */
static void is_put_right(const char *broken, const char *mended, enum repair kind)
{
    struct cb_error error;
    struct ledger *got = try_replay(broken, true, &error);
    struct ledger *want = try_replay(mended, false, &error);
    assert_non_null(got);
    assert_non_null(want);
    assert_int_equal(ledger_repairs(got), 1);
    assert_int_equal(got->repairs[kind], 1);
    assert_int_equal(ledger_repairs(want), 0);
    same_ledger(got, want);
    ledger_free(got);
    ledger_free(want);
}

static void a_crossing_out_alone(void **state)
{
    (void)state;
    is_refused("xox", 1,
               "a crossing goes out, but none has come in since the last one went out; "
               "expected a crossing in first");
    is_put_right("xox", "xx", REPAIR_CROSSING_OUT);
}

static void a_call_from_the_kernel(void **state)
{
    (void)state;
    is_refused("xixix", 3,
               "a call comes in from kernel mode, before the last crossing went out; "
               "expected a crossing out first");
    is_put_right("xixixox", "xixoixox", REPAIR_CALL);
}

/* The outermost of 17 faults is taken to have gone out: its bill and all costs stay. */
static void nested_too_deeply(void **state)
{
    (void)state;
    struct cb_error error;
    char letters[NESTED + 2] = "x";
    memset(letters + 1, 'f', NESTED);
    is_refused(
        letters, NESTED,
        "more than 16 crossings have come in and not gone out; expected a crossing "
        "out first");
    struct ledger *ledger = try_replay(letters, true, &error);
    assert_non_null(ledger);
    assert_int_equal(ledger_repairs(ledger), 1);
    assert_int_equal(ledger->repairs[REPAIR_NESTING], 1);
    assert_int_equal(ledger->phase[TRACE_PHASE_MEASURED].crossings[CROSSING_FAULT].count,
                     NESTED);
    ledger_free(ledger);
}

static void an_undeclared_domain(void **state)
{
    (void)state;
    is_refused("x9x", 2,
               "an access of a domain that is not declared; expected one of the trace's "
               "domains");
    is_put_right("x9x1x", "x0x1x", REPAIR_DOMAIN);
}

static void nothing_to_put_right(void **state)
{
    (void)state;
    struct cb_error error;
    struct ledger *lenient = try_replay("xixoxfxox", true, &error);
    struct ledger *strict = try_replay("xixoxfxox", false, &error);
    assert_non_null(lenient);
    assert_non_null(strict);
    assert_int_equal(ledger_repairs(lenient), 0);
    same_ledger(lenient, strict);
    ledger_free(lenient);
    ledger_free(strict);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crossing_out_alone), cmocka_unit_test(a_call_from_the_kernel),
        cmocka_unit_test(nested_too_deeply),    cmocka_unit_test(an_undeclared_domain),
        cmocka_unit_test(nothing_to_put_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
