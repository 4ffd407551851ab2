/* selftest.c - is the kernel that we run on right? Root asks probes, small domains and
 * large ones, to do what they may and what they may not, and compares. */
#include "kernel-trace/services/selftest_checks.h"

void print(const char *text)
{
    while (*text)
        kernel_call(CALL_PRINT, (uint32_t)*text++, 0, 0);
}

static void print_decimal(uint32_t value)
{
    if (value >= 10)
        print_decimal(value / 10);
    kernel_call(CALL_PRINT, '0' + value % 10, 0, 0);
}

static void print_hexadecimal(uint32_t value)
{
    for (int shift = 28; shift >= 0; shift -= 4)
        kernel_call(CALL_PRINT, (uint32_t) "0123456789abcdef"[value >> shift & 15], 0, 0);
}

/* Let the probe try, and if it faults, let it go on from there. */
struct outcome try(const struct test *test, enum probe_domain probe,
                   enum probe_operation operation, uint32_t a, uint32_t b)
{
    uint32_t thread = test->thread[probe];
    struct message message = {.words = {operation, a, b}};
    uint32_t sender = ipc_call(thread, &message);
    if (is_error(sender))
        return (struct outcome){NO_FAULT, sender};
    if ((message.words[0] & FAULT_LABEL_MASK) != FAULT_LABEL)
        return (struct outcome){NO_FAULT, message.words[0]};

    struct outcome outcome = {message.words[0] >> 8 & 0xff, message.words[1]};
    message = (struct message){.words = {test->recover, 0, 0}};
    ipc_send(thread, &message);
    ipc_receive(thread, &message);
    if (message.words[0] != PROBE_FAULTED)
        outcome.vector = 0xff;
    return outcome;
}

void check(struct test *test, const char *what, struct outcome outcome, uint32_t vector,
           uint32_t value)
{
    test->checks++;
    if (outcome.vector == vector && outcome.value == value)
        return;
    test->failures++;
    print("self-test failed: ");
    print(what);
    print(": expected vector ");
    print_decimal(vector);
    print(" value 0x");
    print_hexadecimal(value);
    print(", got vector ");
    print_decimal(outcome.vector);
    print(" value 0x");
    print_hexadecimal(outcome.value);
    print("\n");
}

/* An access that the segment limit forbids. Where limits are not checked, the page may
 * still forbid it (`page` is then the address); else the check is impossible. */
static void check_limit(struct test *test, const char *what, enum probe_domain probe,
                        enum probe_operation operation, uint32_t address, uint32_t page)
{
    if (test->limits)
        check(test, what, try(test, probe, operation, address, 0), PROTECTION, 0);
    else if (page)
        check(test, what, try(test, probe, operation, address, 0), PAGE, page);
    else
        test->skipped++;
}

#define CHECK_LIMIT(what, operation, address, page)                                      \
    check_limit(test, what, probe, PROBE_##operation, address, page)

/* What holds in both kinds of domain. */
static void test_domain(struct test *test, enum probe_domain probe)
{
    uint32_t arena = test->arena, text = test->text;
    uint32_t last = arena + PROBE_ARENA_PAGES * PAGE_SIZE - 4;

    CHECK("its own page, write", write, last, ANY_VALUE + probe, NO_FAULT, 0);
    CHECK("its own page, read", read, last, 0, NO_FAULT, ANY_VALUE + probe);
    CHECK("its own text, write", write, text, 0, PAGE, text);
    CHECK("a page that nobody mapped", read, NO_PAGE, 0, PAGE, NO_PAGE);
    CHECK("the guard below its stack", write, arena - 3 * PAGE_SIZE, 0, PAGE,
          arena - 3 * PAGE_SIZE);
    CHECK_LIMIT("kernel memory, read", read, KERNEL_TEXT, KERNEL_TEXT);
    CHECK_LIMIT("kernel memory, write", write, KERNEL_TEXT, KERNEL_TEXT);
    CHECK_LIMIT("kernel memory, execute", jump, KERNEL_TEXT, KERNEL_TEXT);
    CHECK("privileged cli", cli, 0, 0, PROTECTION, 0);
    CHECK("privileged hlt", hlt, 0, 0, PROTECTION, 0);
    CHECK("a port", out, 0xf4, 0, PROTECTION, 0);
    CHECK("an interrupt that is not the user's", interrupt, 0, 0, PROTECTION,
          0x0e * 8 + 2);
    CHECK("floating point", fpu, 0, 0, NO_COPROCESSOR, 0);
    CHECK("the kernel's data segment", segment, KERNEL_SS, 0, PROTECTION, KERNEL_SS);
    CHECK("the task state segment", segment, TSS_SELECTOR, 0, PROTECTION, TSS_SELECTOR);
    if (test->limits) /* TCG does not check null selectors either */
        CHECK("spoilt segment registers", null_ds, last, 0, NO_FAULT, ANY_VALUE + probe);
    else
        test->skipped++;
    CHECK("ending the machine", end, STATUS_DONE, 0, NO_FAULT, ERROR_DENIED);
    CHECK("IPC to no thread", call, NO_THREAD, 0, NO_FAULT, ERROR_NO_THREAD);
    CHECK("IPC to thread 0", call, 0, 0, NO_FAULT, ERROR_NO_THREAD);
    CHECK("IPC to itself", call, test->thread[probe], 0, NO_FAULT, ERROR_NO_THREAD);
    CHECK("IPC from a buffer that is not mapped", send_from,
          test->thread[(probe + 1) % PROBE_DOMAINS], NO_PAGE, NO_FAULT, ERROR_BUFFER);
    CHECK("IPC from a buffer in the kernel", send_from,
          test->thread[(probe + 1) % PROBE_DOMAINS], KERNEL_TEXT, NO_FAULT, ERROR_BUFFER);
}

static void test_neighbours(struct test *test)
{
    uint32_t end = test->arena + PROBE_ARENA_PAGES * PAGE_SIZE;
    enum probe_domain probe = SMALL_0;
    CHECK("small: data segment limit", limit, USER_DS, 0, NO_FAULT, end - 1);
    CHECK("small: code segment limit", limit, USER_CS, 0, NO_FAULT, end - 1);
    CHECK_LIMIT("small: past its segment limit", read, end, end);
    CHECK_LIMIT("small: across its segment limit", read, end - 2, end);
    CHECK_LIMIT("small: the next window", write, SMALL_WINDOW + test->arena, 0);
    probe = LARGE_0;
    CHECK("large: data segment limit", limit, USER_DS, 0, NO_FAULT, LARGE_LIMIT - 1);
    CHECK("large: code segment limit", limit, USER_CS, 0, NO_FAULT, LARGE_LIMIT - 1);
    CHECK("large: past its last page", read, end, 0, PAGE, end);
    CHECK_LIMIT("large: a small domain's window", read, SMALL_BASE + test->arena, 0);
    for (probe = SMALL_0; probe < PROBE_DOMAINS; probe++)
        CHECK("its page is its own", read, end - 4, 0, NO_FAULT, ANY_VALUE + probe);
}

/* Bytes through each probe and back, of lengths and at offsets that cross pages. */
static void test_bytes(struct test *test, enum probe_domain probe, uint32_t bytes)
{
    static uint8_t sent[PROBE_ECHO_MOST], received[PROBE_ECHO_MOST];
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < bytes; i++) {
        sent[i] = (uint8_t)(i * 7 + i / 256 + probe);
        received[i] = 0;
    }
    struct message message = {.words = {PROBE_echo, 0, 0},
                              .lengths = LENGTHS(bytes, bytes),
                              .send = sent,
                              .receive = received};
    uint32_t sender = ipc_call(test->thread[probe], &message);
    for (uint32_t i = 0; i < bytes; i++)
        wrong += received[i] != sent[i];
    check(test, "bytes come back, sender", (struct outcome){NO_FAULT, sender}, NO_FAULT,
          test->thread[probe]);
    check(test, "bytes come back, number", (struct outcome){NO_FAULT, message.lengths},
          NO_FAULT, bytes);
    check(test, "bytes come back, wrong ones", (struct outcome){NO_FAULT, wrong},
          NO_FAULT, 0);
}

/* An answer that the client cannot take is the client's error, not the server's. */
static void test_answers(struct test *test, enum probe_domain probe)
{
    static uint8_t bytes[64];
    uint32_t last = test->arena + PROBE_ARENA_PAGES * PAGE_SIZE - 4;
    struct message message = {.words = {PROBE_echo, 0, 0},
                              .lengths = LENGTHS(64u, 64u),
                              .send = bytes,
                              .receive = (void *)NO_PAGE};
    struct outcome outcome = {NO_FAULT, ipc_call(test->thread[probe], &message)};
    check(test, "an answer to a buffer that is not mapped", outcome, NO_FAULT,
          ERROR_BUFFER);
    message = (struct message){.words = {PROBE_echo, 0, 0},
                               .lengths = LENGTHS(64u, 63u),
                               .send = bytes,
                               .receive = bytes};
    outcome.value = ipc_call(test->thread[probe], &message);
    check(test, "an answer that is too long", outcome, NO_FAULT, ERROR_TOO_LONG);
    message = (struct message){.words = {PROBE_echo, 0, 0},
                               .lengths = LENGTHS(PROBE_ECHO_MOST + 1u, 0u),
                               .send = bytes};
    outcome.value = ipc_call(test->thread[probe], &message);
    check(test, "a request that is too long", outcome, NO_FAULT, ERROR_TOO_LONG);
    CHECK("the server goes on", read, last, 0, NO_FAULT, ANY_VALUE + probe);
}

/* Every ordered pair of probes in turn, so that every kind of switch happens. */
static void test_switches(struct test *test)
{
    uint32_t last = test->arena + PROBE_ARENA_PAGES * PAGE_SIZE - 4;
    for (enum probe_domain from = SMALL_0; from < PROBE_DOMAINS; from++)
        for (enum probe_domain to = SMALL_0; to < PROBE_DOMAINS; to++) {
            enum probe_domain probe = from;
            if (from == to)
                continue;
            CHECK("a call from domain to domain", call, test->thread[to], PROBE_COUNT,
                  NO_FAULT, test->thread[to]);
            CHECK("memory after a switch", read, last, 0, NO_FAULT, ANY_VALUE + from);
        }
}

static void test_exit(struct test *test, enum probe_domain probe)
{
    CHECK("a partner that exits", exit, 0, 0, NO_FAULT, ERROR_NO_THREAD);
    CHECK("IPC to a thread that has exited", read, 0, 0, NO_FAULT, ERROR_NO_THREAD);
}

struct outcome call(uint32_t number, uint32_t a, uint32_t b, uint32_t c)
{
    return (struct outcome){NO_FAULT, kernel_call(number, a, b, c)};
}

/* Root is the probes' pager: it maps its own pages into them, and takes them back. */
static void test_map(struct test *test)
{
    uint32_t own = program_launch.arena, granted = own + PAGE_SIZE;
    uint32_t hole = test->arena - 3 * PAGE_SIZE; /* the guard below a probe's stack */
    volatile uint32_t *word = (volatile uint32_t *)own;
    enum probe_domain probe = SMALL_0;
    uint32_t thread = test->thread[SMALL_0], other = test->thread[LARGE_0];

    *word = ANY_VALUE;
    check(test, "map", call(CALL_MAP, thread, own, hole), NO_FAULT, 0);
    CHECK("a mapped page, read", read, hole, 0, NO_FAULT, ANY_VALUE);
    CHECK("a page mapped without the right to write", write, hole, 1, PAGE, hole);
    check(test, "map where there is a page", call(CALL_MAP, thread, own, hole), NO_FAULT,
          ERROR_ARGUMENT);
    check(test, "map past the limit", call(CALL_MAP, thread, own, LARGE_LIMIT), NO_FAULT,
          ERROR_ARGUMENT);
    check(test, "map what is not mapped", call(CALL_MAP, thread, NO_PAGE & ~7u, hole),
          NO_FAULT, ERROR_ARGUMENT);
    check(test, "map its text to be written",
          call(CALL_MAP, other, (uint32_t)test_map / PAGE_SIZE * PAGE_SIZE + MAP_WRITABLE,
               hole),
          NO_FAULT, ERROR_DENIED);
    check(test, "map into no thread", call(CALL_MAP, NO_THREAD, own, hole), NO_FAULT,
          ERROR_NO_THREAD);
    CHECK("map by one who is not the pager", map, test->arena, other, NO_FAULT,
          ERROR_DENIED);
    check(test, "map again, elsewhere", call(CALL_MAP, other, own + MAP_WRITABLE, hole),
          NO_FAULT, 0);
    probe = LARGE_0;
    CHECK("a mapped page, write", write, hole, ANY_VALUE + 1, NO_FAULT, 0);
    check(test, "what was written", (struct outcome){NO_FAULT, *word}, NO_FAULT,
          ANY_VALUE + 1);
    check(test, "flush", call(CALL_FLUSH, own, 0, 0), NO_FAULT, 0);
    CHECK("a flushed page", read, hole, 0, PAGE, hole);
    probe = SMALL_0;
    CHECK("a page flushed from the other", read, hole, 0, PAGE, hole);
    check(test, "one's own page after a flush", (struct outcome){NO_FAULT, *word},
          NO_FAULT, ANY_VALUE + 1);

    *(volatile uint32_t *)granted = ANY_VALUE + 2;
    check(test, "grant", call(CALL_MAP, thread, granted + MAP_GRANT, hole), NO_FAULT, 0);
    CHECK("a granted page", read, hole, 0, NO_FAULT, ANY_VALUE + 2);
    check(test, "a page that was granted away", call(CALL_MAP, other, granted, hole),
          NO_FAULT, ERROR_ARGUMENT);
    check(test, "flush what was granted away", call(CALL_FLUSH, granted, 0, 0), NO_FAULT,
          ERROR_ARGUMENT);
}

/* A fault whose pager faults in turn, and has none itself: both threads end, and whoever
 * waits for them is told. */
static void test_pager(struct test *test)
{
    enum probe_domain probe = ORPHAN;
    CHECK("a fault that its pager cannot answer", read, NO_PAGE, 0, NO_FAULT,
          ERROR_NO_THREAD);
    probe = FAULTY_PAGER;
    CHECK("the pager that faulted", read, test->text, 0, NO_FAULT, ERROR_NO_THREAD);
}

/* Interrupts come as messages, and wake a sleeping processor. */
static void test_timer(struct test *test)
{
    struct message message = {.lengths = 0};
    check(test, "timer too slow", call(CALL_TIMER, TIMER_MOST + 1, 0, 0), NO_FAULT,
          ERROR_ARGUMENT);
    check(test, "listen to the timer", call(CALL_LISTEN, 1, 0, 0), NO_FAULT, 0);
    check(test, "start the timer", call(CALL_TIMER, 100, 0, 0), NO_FAULT, 0);
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t sender = ipc_receive(0, &message);
        check(test, "a tick's sender", (struct outcome){NO_FAULT, sender}, NO_FAULT, 0);
        check(test, "a tick", (struct outcome){NO_FAULT, message.words[0]}, NO_FAULT,
              INTERRUPT_LABEL);
    }
    check(test, "stop the timer", call(CALL_TIMER, 0, 0, 0), NO_FAULT, 0);
    check(test, "listen no longer", call(CALL_LISTEN, 0, 0, 0), NO_FAULT, 0);
}

/* A thread that has just got a message is ready, and can be chosen; then it waits. */
static void test_yield(struct test *test)
{
    uint32_t thread = test->thread[SMALL_1];
    struct message message = {.words = {PROBE_COUNT, 0, 0}};
    check(test, "yield to no thread", call(CALL_YIELD, NO_THREAD, 0, 0), NO_FAULT,
          ERROR_NO_THREAD);
    check(test, "yield to one that waits", call(CALL_YIELD, thread, 0, 0), NO_FAULT,
          ERROR_ARGUMENT);
    check(test, "send", (struct outcome){NO_FAULT, ipc_send(thread, &message)}, NO_FAULT,
          0);
    check(test, "yield to one that is ready", call(CALL_YIELD, thread, 0, 0), NO_FAULT,
          0);
    check(test, "it has run, and waits again", call(CALL_YIELD, thread, 0, 0), NO_FAULT,
          ERROR_ARGUMENT);
}

static void test_threads(struct test *test)
{
    enum probe_domain probe = SMALL_0;
    CHECK("a full thread table", threads, 0, 0, NO_FAULT, ERROR_FULL);
    CHECK("others go on", read, test->arena, 0, NO_FAULT, 0);
    for (uint32_t i = 0; i < TCB_COUNT; i++)
        kernel_call(CALL_YIELD, 0, 0, 0); /* the new threads run, and end */
    probe = LARGE_0;
    CHECK("threads again, and again too many", threads, 0, 0, NO_FAULT, ERROR_FULL);
    for (uint32_t i = 0; i < TCB_COUNT; i++)
        kernel_call(CALL_YIELD, 0, 0, 0);
}

static void report(const struct test *test)
{
    print("self-test: ");
    print_decimal(test->checks);
    print(" checks passed");
    if (test->skipped) {
        print(", ");
        print_decimal(test->skipped);
        print(" impossible: this processor does not check segment limits");
    }
    print("\n");
}

bool self_test(void)
{
    struct test test = {.checks = 0};
    for (enum probe_domain probe = SMALL_0; probe < ALL_PROBES; probe++)
        test.thread[probe] = program_launch.peer[WORKERS + probe];
    test.recover = try(&test, SMALL_0, PROBE_recover, 0, 0).value;
    test.arena = try(&test, SMALL_0, PROBE_arena, 0, 0).value;
    test.text = try(&test, SMALL_0, PROBE_text, 0, 0).value;
    test.limits = try(&test, SMALL_0, PROBE_read, KERNEL_TEXT, 0).vector == PROTECTION;
    for (enum probe_domain probe = SMALL_0; probe < PROBE_DOMAINS; probe++) {
        test_domain(&test, probe);
        test_bytes(&test, probe, 1);
        test_bytes(&test, probe, 5000);
        test_bytes(&test, probe, PROBE_ECHO_MOST);
        test_answers(&test, probe);
    }
    test_neighbours(&test);
    test_switches(&test);
    test_structure(&test);
    test_map(&test);
    test_pager(&test);
    test_yield(&test);
    test_threads(&test);
    test_timer(&test);
    test_exit(&test, LARGE_1);
    test_structure_after(&test);
    for (enum probe_domain probe = SMALL_0; probe < LARGE_1; probe++)
        test_exit(&test, probe);
    if (!test.failures)
        report(&test);
    return !test.failures;
}
