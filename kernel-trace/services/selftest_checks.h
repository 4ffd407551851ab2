/* selftest_checks.h - what the files of the self-test share: the probes, and how one is
 * asked and its outcome compared. Guest only. */
#ifndef CROSSBILL_SELFTEST_CHECKS_H
#define CROSSBILL_SELFTEST_CHECKS_H

#include "kernel-trace/services/probe.h"
#include "kernel-trace/services/selftest.h"
#include "kernel-trace/services/user.h"

#define WORKERS     3 /* at most; the probes follow them in launch.peer */
#define KERNEL_TEXT (KERNEL_BASE + 0x100000)
#define ANY_VALUE   0x5eed1e55
#define NO_THREAD   (TCB_FIRST_GENERATION * 7 + 5 * TCB_SIZE)
#define NO_PAGE     0x00000008

enum vector { NO_FAULT = 0, NO_COPROCESSOR = 7, PROTECTION = 13, PAGE = 14 };
enum probe_domain {
    SMALL_0,
    SMALL_1,
    LARGE_0,
    LARGE_1,
    PROBE_DOMAINS,
    ORPHAN = PROBE_DOMAINS, /* its pager is the next */
    FAULTY_PAGER,
    ALL_PROBES
};

struct test {
    uint32_t thread[ALL_PROBES];
    uint32_t recover; /* the same address in all probes, as the two below */
    uint32_t arena;
    uint32_t text;
    uint32_t reply_port; /* mach: of LARGE_0 */
    bool limits; /* does this processor check segment limits? QEMU's TCG does not */
    uint32_t checks, failures, skipped;
};

struct outcome {
    uint32_t vector; /* NO_FAULT: it answered */
    uint32_t value;  /* what it answered, or where the fault was */
};

/* selftest.c: let the probe try, and if it faults, let it go on from there; make a kernel
 * call; count the check, and print it if it fails */
struct outcome try(const struct test *test, enum probe_domain probe,
                   enum probe_operation operation, uint32_t a, uint32_t b);
struct outcome call(uint32_t number, uint32_t a, uint32_t b, uint32_t c);
void check(struct test *test, const char *what, struct outcome outcome, uint32_t vector,
           uint32_t value);

#define CHECK(what, operation, a, b, vector, value)                                      \
    check(test, what, try(test, probe, PROBE_##operation, a, b), vector, value)

/* selftest_structures.c: what the structure denies; and what holds when LARGE_1 is no
 * more */
void test_structure(struct test *test);
void test_structure_after(struct test *test);

#endif
