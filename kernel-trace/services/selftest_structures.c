/* selftest_structures.c - what each structure must deny. */
#include "kernel-trace/services/selftest_checks.h"
#include "kernel-trace/services/service.h"
#include "kernel-trace/structures/mach_abi.h"

static void test_monolithic(struct test *test)
{
    enum probe_domain probe = LARGE_0;
    CHECK("monolithic: the disk itself", service, SERVICE_STORAGE, STORAGE_SIZE, NO_FAULT,
          SERVICE_DENIED);
    CHECK("monolithic: an answer into the kernel", answer_to, KERNEL_TEXT, 0, NO_FAULT,
          ERROR_BUFFER);
    CHECK("monolithic: an answer into its text", answer_to, test->text, 0, NO_FAULT,
          ERROR_BUFFER);
    CHECK("monolithic: an answer to no page", answer_to, NO_PAGE, 0, NO_FAULT,
          ERROR_BUFFER);
}

/* LARGE_0 has the file system's interface, but came second: it may not format. */
static void test_spin(struct test *test)
{
    enum probe_domain probe = LARGE_0;
    CHECK("spin: a guard that rejects", service, SERVICE_FS, FS_FORMAT, NO_FAULT,
          SERVICE_DENIED);
    CHECK("spin: an event of no interface of its own", service, SERVICE_STORAGE,
          STORAGE_SIZE, NO_FAULT, SERVICE_DENIED);
    CHECK("spin: an event that does not exist", service, SERVICES, 0, NO_FAULT,
          SERVICE_DENIED);
    CHECK("spin: an answer into the kernel", answer_to, KERNEL_TEXT, 0, NO_FAULT,
          ERROR_BUFFER);
    probe = LARGE_1;
    CHECK("spin: a domain without the interface", service, SERVICE_FS, FS_OPEN, NO_FAULT,
          SERVICE_DENIED);
}

static void test_exokernel(struct test *test)
{
    enum probe_domain probe = LARGE_0;
    CHECK("exokernel: there is no file service", service, SERVICE_FS, FS_OPEN, NO_FAULT,
          SERVICE_DENIED);
    CHECK("exokernel: a block that is not bound", disk, 0, 0, NO_FAULT, SERVICE_DENIED);
    CHECK("exokernel: binding a block", bind, 0, 0, NO_FAULT, 0);
    CHECK("exokernel: a bound block", disk, 0, 0, NO_FAULT, BLOCK_BYTES);
    CHECK("exokernel: binding a block that is not there", bind, 0x10000000, 0, NO_FAULT,
          ERROR_ARGUMENT);
    uint32_t hole = test->arena - 3 * PAGE_SIZE, own = program_launch.arena;
    check(test, "exokernel: a page from another",
          call(CALL_MAP, test->thread[LARGE_0], own + MAP_WRITABLE, hole), NO_FAULT, 0);
    CHECK("exokernel: a frame that is another's", disk, 0, hole, NO_FAULT,
          SERVICE_DENIED);
    check(test, "exokernel: and back", call(CALL_FLUSH, own, 0, 0), NO_FAULT, 0);
    probe = LARGE_1;
    CHECK("exokernel: another's block", disk, 0, 0, NO_FAULT, SERVICE_DENIED);
    CHECK("exokernel: binding another's block", bind, 0, 0, NO_FAULT, ERROR_DENIED);
}

#define MACH_QUEUE 5 /* messages that a port holds */

/* LARGE_0 may send to a port of LARGE_1's: until it is full, and again when it is not. */
static void test_mach_queue(struct test *test, uint32_t reply_port)
{
    uint32_t peer = try(test, LARGE_0, PROBE_peer, 0, 0).value;
    uint32_t own = try(test, LARGE_1, PROBE_own_port, 0, 0).value;
    enum probe_domain probe = LARGE_0;
    for (uint32_t i = 0; i < MACH_QUEUE; i++)
        CHECK("mach: a message", mach_send, peer, 0, NO_FAULT, MACH_DONE);
    CHECK("mach: a full queue", mach_send, peer, reply_port, NO_FAULT, MACH_QUEUE_FULL);
    probe = LARGE_1;
    for (uint32_t i = 0; i < MACH_QUEUE; i++)
        CHECK("mach: a message received", mach_receive, own, 0, NO_FAULT, MACH_DONE);
    probe = LARGE_0;
    CHECK("mach: room again", mach_send, peer, reply_port, NO_FAULT, MACH_DONE);
}

/* LARGE_1 is no more, and with it its port and the message there: LARGE_0 is told that
 * its reply will never come, and can send no longer. */
static void test_mach_dead(struct test *test)
{
    enum probe_domain probe = LARGE_0;
    uint32_t peer = try(test, probe, PROBE_peer, 0, 0).value;
    CHECK("mach: a dead port", mach_send, peer, 0, NO_FAULT, MACH_PORT_DEAD);
    CHECK("mach: no reply any more", mach_receive, test->reply_port, 0, NO_FAULT,
          MACH_DONE);
}

static void test_mach(struct test *test)
{
    enum probe_domain probe = LARGE_0;
    CHECK("mach: a port right that is missing", mach_send, 0x3f, 0, NO_FAULT,
          MACH_BAD_DESTINATION);
    CHECK("mach: no port name at all", mach_send, 0xffffffff, 0, NO_FAULT,
          MACH_BAD_DESTINATION);
    CHECK("mach: a reply port of another", mach_send, 0x3f, 0x3f, NO_FAULT,
          MACH_BAD_REPLY);
    CHECK("mach: a message in no page", mach_from, NO_PAGE, 0, NO_FAULT, MACH_BAD_MEMORY);
    CHECK("mach: a message in the kernel", mach_from, KERNEL_TEXT, 0, NO_FAULT,
          MACH_BAD_MEMORY);
    CHECK("mach: to receive without the right", mach_receive, 0x3f, 0, NO_FAULT,
          MACH_BAD_RECEIVE);

    uint32_t port = try(test, probe, PROBE_port, 0, 0).value;
    test->reply_port = port;
    CHECK("mach: the right to receive is none to send", mach_send, port, 0, NO_FAULT,
          MACH_BAD_DESTINATION);
    CHECK("mach: nor with a reply port that is good", mach_send, port, port, NO_FAULT,
          MACH_BAD_DESTINATION);
    CHECK("mach: an old name of the same place", mach_receive, port + 0x20, 0, NO_FAULT,
          MACH_BAD_RECEIVE);
    probe = LARGE_1;
    CHECK("mach: another's port", mach_receive, port, 0, NO_FAULT, MACH_BAD_RECEIVE);
    test_mach_queue(test, port);
}

void test_structure(struct test *test)
{
    const struct scenario *scenario = &program_launch.scenario;
    switch ((enum structure_name)scenario->structure) {
    case STRUCTURE_monolithic:
        test_monolithic(test);
        break;
    case STRUCTURE_spin:
        test_spin(test);
        break;
    case STRUCTURE_exokernel:
        if (scenario->scenario == SCENARIO_file || scenario->scenario == SCENARIO_compile)
            test_exokernel(test);
        break;
    case STRUCTURE_mach:
        test_mach(test);
        break;
    case STRUCTURE_l3_small:
    case STRUCTURE_l3_large:
    case STRUCTURE_COUNT:
        break;
    }
}

void test_structure_after(struct test *test)
{
    if (program_launch.scenario.structure == STRUCTURE_mach)
        test_mach_dead(test);
}
