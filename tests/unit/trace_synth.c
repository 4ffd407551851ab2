/* Synthetic traces: record by record, and their descriptions' slips. */
#include "../test.h"

#include "../trace_tools.h"
#include "traces/check.h"
#include "traces/dump.h"
#include "traces/synth.h"

static const char head[] = "{\"schema_version\": 1, \"scenario\": \"s\", \"requests\": ";

/* A kernel of two instructions, one of which loads; a client with a store; a server with
 * a load, in address spaces as `kind` says. */
static void describe(char *text, size_t size, const char *kind, const char *rest)
{
    snprintf(text, size,
             "%s 1, \"domains\": ["
             "{\"name\": \"kernel\", \"kind\": \"kernel\", \"instructions\": 2, "
             "\"accesses\": 1, \"pages\": 1},"
             "{\"name\": \"client\", \"kind\": \"%s\", \"instructions\": 1, "
             "\"accesses\": 1, \"pages\": 2, \"store_percent\": 100, \"loops\": 2},"
             "{\"name\": \"server\", \"kind\": \"%s\", \"instructions\": 1, "
             "\"accesses\": 1, \"pages\": 1}], "
             "\"pattern\": [\"client\", \"server\", \"client\"]%s}",
             head, kind, kind, rest);
}

static struct synth_result make(const char *text)
{
    struct cb_error error;
    struct synth_result result;
    if (!trace_synthesise_text(text, strlen(text), "description",
                               scratch_path("synthetic.xbt"), NULL, NULL, &result,
                               &error))
        fail_msg("%s: %s", error.path, error.sentence);
    return result;
}

/* The kind, and what tells most of each record, in a word each. */
static void summarise(char *text, size_t size)
{
    struct cb_error error;
    size_t count, used = 0;
    struct trace_reader *reader = trace_open(scratch_path("synthetic.xbt"), &error);
    assert_non_null(reader);
    struct trace_record *records = read_all(reader, &count);
    for (size_t i = 0; i < count; i++) {
        const struct trace_record *r = &records[i];
        if (r->kind == TRACE_PAGE_TABLE)
            continue;
        used += (size_t)snprintf(text + used, size - used, "%s %llx %s%u\n",
                                 trace_kind_word(r->kind), (unsigned long long)r->a,
                                 r->user ? "u" : "k", r->domain);
        assert_true(used < size);
    }
    free(records);
    trace_close(reader);
}

/* Small domains: the client's code at 10000000, its two pages of data after it, then the
 * server's code and data. The kernel's code: push at c0100000, two instructions, branch
 * (6 bytes) at c0100005, save, take, mov cr3 (3), mov ds (2), pop, iret. Page frames: 400
 * the kernel's data, 401 to 405 the domains', 406 the page directory. */
static void a_small_trace_is_as_described(void **state)
{
    (void)state;
    char text[2048], summary[8192];
    describe(text, sizeof text, "small", "");
    struct synth_result result = make(text);
    assert_false(result.stopped);
    summarise(summary, sizeof summary);
    /* clang-format off */
#define CROSSING(domain, trap, to, saved, taken, descriptor)      \
    "fetch " trap " u" domain "\n"                                \
    "crossing_in 30 k" domain "\n"                                \
    "fetch c0100000 k0\n" "store c0003fe8 k0\n"                   \
    "fetch c0100001 k0\n"                                         \
    "fetch c0100003 k0\n" "load c0400000 k0\n"                    \
    "fetch c0100005 k0\n"                                         \
    "ipc_send " to " k" domain "\n"                               \
    "fetch c010000b k0\n" "store c000300" saved " k0\n"           \
    "fetch c0100011 k0\n" "load c000300" taken " k0\n"            \
    "thread_switch " to " k" to "\n"                              \
    "fetch c010001a k0\n" "load c00010" descriptor " k0\n"        \
    "space_switch 406000 k" to "\n"                               \
    "ipc_receive " domain " k" to "\n"                            \
    "fetch c010001c k0\n" "load c0003fe8 k0\n"                    \
    "fetch c010001d k0\n"                                         \
    "load c0003fec k0\n" "load c0003ff0 k0\n" "load c0003ff4 k0\n" \
    "load c0003ff8 k0\n" "load c0003ffc k0\n"                     \
    "crossing_out 0 u" to "\n"
#define CLIENT                                                    \
    "fetch 10000000 u1\n" "store 10001000 u1\n" "fetch 10000002 u1\n" \
    "fetch 10000000 u1\n" "store 10002000 u1\n" "fetch 10000002 u1\n"
    assert_string_equal(summary,
                        "space_switch 406000 u1\n"
                        "phase 0 u1\n"
                        "request_begin 0 u1\n"
                        CLIENT
                        CROSSING("1", "10000008", "2", "4", "8", "28")
                        "fetch 10003000 u2\n" "load 10004000 u2\n"
                        "fetch 10003002 u2\n"
                        CROSSING("2", "10003008", "1", "8", "4", "20")
                        CLIENT
                        "request_end 0 u1\n");
#undef CLIENT
    /* clang-format on */
#undef CROSSING
}

static uint64_t count_kinds(enum trace_kind kind, int detail)
{
    struct cb_error error;
    size_t count;
    uint64_t found = 0;
    struct trace_reader *reader = trace_open(scratch_path("synthetic.xbt"), &error);
    struct trace_record *records = read_all(reader, &count);
    for (size_t i = 0; i < count; i++)
        found += records[i].kind == kind && (detail < 0 || records[i].detail == detail);
    free(records);
    trace_close(reader);
    return found;
}

static void spaces_and_calls_are_as_described(void **state)
{
    (void)state;
    char text[2048];
    describe(text, sizeof text, "large", ", \"warm_up_requests\": 4");
    make(text);
    /* Five requests of a call and a reply; the first record sets CR3. */
    assert_int_equal(count_kinds(TRACE_SPACE_SWITCH, TRACE_HOW_CR3), 10);
    assert_int_equal(count_kinds(TRACE_SPACE_SWITCH, TRACE_HOW_NONE), 1);
    assert_int_equal(count_kinds(TRACE_IPC_SEND, TRACE_IPC_IS_CALL), 5);
    assert_int_equal(count_kinds(TRACE_IPC_SEND, TRACE_IPC_IS_REPLY), 5);
    assert_int_equal(count_kinds(TRACE_PHASE, TRACE_PHASE_WARM_UP), 1);
    assert_int_equal(count_kinds(TRACE_PHASE, TRACE_PHASE_MEASURED), 1);
    assert_int_equal(count_kinds(TRACE_REQUEST_BEGIN, -1), 5);
    describe(text, sizeof text, "small", "");
    make(text);
    assert_int_equal(count_kinds(TRACE_SPACE_SWITCH, TRACE_HOW_SEGMENT), 2);
}

/* Large and small domains that call each other in turn, at random, with reuse. */
static const char busy[] =
    "{\"schema_version\": 1, \"scenario\": \"busy\", \"seed\": %d, \"requests\": 40, "
    "\"domains\": [{\"name\": \"a\", \"kind\": \"large\", \"instructions\": 50, "
    "\"accesses\": 20, \"pages\": 700, \"order\": \"random\", \"loops\": 3, "
    "\"lines_per_page\": 64, \"store_percent\": 30}, {\"name\": \"b\", \"kind\": "
    "\"small\", \"instructions\": 9, \"accesses\": 9, \"pages\": 3, \"reuse_percent\": "
    "50}, {\"name\": \"k\", \"kind\": \"kernel\", \"instructions\": 30, \"accesses\": 4, "
    "\"pages\": 2}, {\"name\": \"c\", \"kind\": \"small\", \"instructions\": 1, "
    "\"accesses\": 0, \"pages\": 1}], \"pattern\": [\"a\", \"b\", \"b\", \"c\", \"b\", "
    "\"a\", \"c\"]}";

static void a_made_up_trace_makes_sense(void **state)
{
    (void)state;
    char text[2048];
    struct cb_error error;
    struct check_result found;
    snprintf(text, sizeof text, busy, 1);
    make(text);
    struct trace_reader *reader = trace_open(scratch_path("synthetic.xbt"), &error);
    assert_true(trace_check(reader, NULL, NULL, &found, &error));
    for (int kind = 0; kind < CHECK_KINDS; kind++)
        assert_int_equal(found.found[kind], 0);
    trace_close(reader);
}

static void the_seed_decides(void **state)
{
    (void)state;
    static const int seeds[] = {1, 1, 2};
    uint8_t *bytes[3];
    size_t sizes[3];
    char text[2048];
    for (int i = 0; i < 3; i++) {
        snprintf(text, sizeof text, busy, seeds[i]);
        make(text);
        bytes[i] = slurp(scratch_path("synthetic.xbt"), &sizes[i]);
    }
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(bytes[0], bytes[1], sizes[0]);
    assert_true(sizes[0] != sizes[2] || memcmp(bytes[0], bytes[2], sizes[0]) != 0);
    for (int i = 0; i < 3; i++)
        free(bytes[i]);
}

static void refuses(const char *text, const char *path, const char *sentence)
{
    struct cb_error error;
    struct synth_result result;
    const char *to = scratch_path("refused.xbt");
    assert_false(trace_synthesise_text(text, strlen(text), "description", to, NULL, NULL,
                                       &result, &error));
    assert_string_equal(error.sentence, sentence);
    assert_string_equal(error.path, path);
    assert_string_equal(error.source, "description");
    assert_int_equal(error.code, CB_USAGE);
    assert_null(fopen(to, "rb"));
}

static void slips_in_descriptions_are_named(void **state)
{
    (void)state;
    char text[2048];
    refuses("[]", "", "an object was expected");
    refuses("{\"schema_version\": 2}", "schema_version",
            "a whole number from 1 to 1 was expected");
    refuses("{\"schema_version\": 1}", "requests", "this member is missing");
    refuses("{\"schema_version\": 1, \"request\": 3}", "request",
            "this member is unknown");
    describe(text, sizeof text, "tiny", "");
    refuses(text, "domains[1].kind", "large or small or kernel was expected");
    describe(text, sizeof text, "kernel", "");
    refuses(text, "domains", "exactly one domain of kind kernel was expected");
    describe(text, sizeof text, "large", ", \"seed\": -1");
    refuses(text, "seed", "a whole number from 0 to 9223372036854775807 was expected");
    describe(text, sizeof text, "large", ", \"seed\": 1.5");
    refuses(text, "seed", "a whole number from 0 to 9223372036854775807 was expected");
    snprintf(text, sizeof text,
             "%s1, \"domains\": [{\"name\": \"k\", \"kind\": \"kernel\", "
             "\"instructions\": 1, \"accesses\": 2, \"pages\": 1}]}",
             head);
    refuses(text, "domains[0]", "there are more accesses than instructions");
    snprintf(
        text, sizeof text,
        "%s1, \"domains\": [{\"name\": \"k\", \"kind\": \"kernel\", "
        "\"instructions\": 1, \"accesses\": 1, \"pages\": 1}], \"pattern\": [\"k\"]}",
        head);
    refuses(text, "pattern[0]", "the name of a user domain was expected");
    size_t used =
        (size_t)snprintf(text, sizeof text,
                         "%s1, \"domains\": [{\"name\": \"k\", \"kind\": \"kernel\", "
                         "\"instructions\": 1, \"accesses\": 1, \"pages\": 1}",
                         head);
    for (int i = 0; i < 16; i++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 ",{\"name\":\"d%d\",\"kind\":\"large\",\"instructions\":"
                                 "1,\"accesses\":0,\"pages\":65536}",
                                 i);
    snprintf(text + used, sizeof text - used, "], \"pattern\": [\"d1\"]}");
    refuses(
        text, "domains",
        "the domains need more than 4 GiB of memory, or the small ones more than 2.75 "
        "GiB of addresses");
}

static bool stop_at_once(void *context, uint64_t done, uint64_t all)
{
    (void)context;
    assert_int_equal(done, 1);
    assert_int_equal(all, 40);
    return false;
}

static void progress_can_stop_it(void **state)
{
    (void)state;
    char text[2048];
    struct cb_error error;
    struct synth_result result;
    const char *to = scratch_path("stopped.xbt");
    snprintf(text, sizeof text, busy, 1);
    assert_true(trace_synthesise_text(text, strlen(text), "d", to, stop_at_once, NULL,
                                      &result, &error));
    assert_true(result.stopped);
    assert_null(fopen(to, "rb"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_trace_is_as_described),
        cmocka_unit_test(spaces_and_calls_are_as_described),
        cmocka_unit_test(a_made_up_trace_makes_sense),
        cmocka_unit_test(the_seed_decides),
        cmocka_unit_test(slips_in_descriptions_are_named),
        cmocka_unit_test(progress_can_stop_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
