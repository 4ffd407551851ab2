/* root.c - the first thread: tests the kernel it runs on, lets the workload go, and ends
 * the machine. It is also the pager of all others. */
#include "kernel-trace/services/pager.h"
#include "kernel-trace/services/selftest.h"
#include "kernel-trace/services/user.h"

#define VECTOR_PAGE 14

/* ---- the pager: page i of the one that faults is page i of its arena, behind those that
 * the self-test uses ---- */

struct pager {
    uint32_t given; /* one past the last page that anyone has */
};

static uint32_t own_page(uint32_t page)
{
    return program_launch.arena + (SELFTEST_PAGES + page) * PAGE_SIZE;
}

/* Map the page that the thread needs. False: it may not have one there. */
static bool give_page(struct pager *pager, uint32_t thread, const struct message *fault)
{
    uint32_t address = fault->words[1] & ~(PAGE_SIZE - 1u);
    uint32_t page = (address - program_launch.demand) / PAGE_SIZE;
    if ((fault->words[0] >> 8 & 0xff) != VECTOR_PAGE || address < program_launch.demand ||
        page >= program_launch.arena_pages - SELFTEST_PAGES ||
        kernel_call(CALL_MAP, thread, own_page(page) | MAP_WRITABLE, address))
        return false;
    if (pager->given <= page)
        pager->given = page + 1;
    return true;
}

static uint32_t take_back(struct pager *pager)
{
    uint32_t failures = 0;
    for (uint32_t page = 0; page < pager->given; page++)
        failures += kernel_call(CALL_FLUSH, own_page(page), 0, 0) != 0;
    pager->given = 0;
    return failures;
}

/* Answer faults and wishes until a worker reports. True: all is well. */
static bool hear(struct pager *pager)
{
    struct message message = {.lengths = 0};
    uint32_t client = 0;
    for (;;) {
        client = ipc_reply_wait(client, &message);
        message.lengths = 0;
        if ((message.words[0] & FAULT_LABEL_MASK) == FAULT_LABEL) {
            if (!give_page(pager, client, &message))
                return false;
            message.words[0] = 0; /* try again */
        } else if (message.words[0] == PAGER_TAKE_BACK) {
            message.words[0] = take_back(pager);
        } else {
            return message.words[0] == STATUS_DONE;
        }
    }
}

/* ---- the workload ---- */

static bool go(uint32_t worker)
{
    struct message message = {.lengths = 0};
    return !is_error(ipc_send(program_launch.peer[worker], &message));
}

/* Ask all workers in turn to get ready. */
static bool get_ready(struct pager *pager, uint32_t workers)
{
    bool good = true;
    for (uint32_t i = 0; i < workers; i++)
        good = good && go(i) && hear(pager);
    return good;
}

/* Let all workers go until each has reported. */
static bool run(struct pager *pager, uint32_t workers)
{
    bool good = true;
    for (uint32_t i = 0; i < workers; i++)
        good = good && go(i);
    for (uint32_t left = workers; left && good; left--)
        good = hear(pager);
    announce_stop();
    return good;
}

void main(void)
{
    struct pager pager = {.given = 0};
    uint32_t workers = program_launch.workers;
    if (!self_test())
        kernel_call(CALL_END, STATUS_SELFTEST, 0, 0);
    if (get_ready(&pager, workers) && run(&pager, workers)) {
        print("workload: done\n");
        kernel_call(CALL_END, STATUS_DONE, 0, 0);
    }
    print("workload: wrong data, or a thread of it has ended\n");
    kernel_call(CALL_END, STATUS_WORKLOAD, 0, 0);
}
