/* thread.c - threads and the ready queue. */
#include "kernel-trace/kernel/kernel.h"
#include "kernel-trace/structures/mach.h"
#include "kernel-trace/structures/structures.h"

#define CANARY 0x7a11ca9e

union block tcbs[TCB_COUNT] __attribute__((aligned(TCB_SIZE)));
struct domain domains[DOMAINS];
static struct thread *ready_first, *ready_last;

_Static_assert(offsetof(struct thread, id) == TCB_ID, "layout.h");
_Static_assert(offsetof(struct thread, wait) == TCB_WAIT, "layout.h");
_Static_assert(offsetof(struct thread, window) == TCB_WINDOW, "layout.h");
_Static_assert(offsetof(struct thread, space) == TCB_SPACE, "layout.h");
_Static_assert(offsetof(struct thread, partner) == TCB_PARTNER, "layout.h");
_Static_assert(offsetof(struct thread, senders) == TCB_SENDERS, "layout.h");
_Static_assert(offsetof(struct thread, limit) == TCB_LIMIT, "layout.h");
_Static_assert(offsetof(struct thread, domain) == TCB_DOMAIN, "layout.h");
_Static_assert(sizeof(struct frame) == FRAME_SIZE, "layout.h");
_Static_assert(offsetof(struct frame, edx) == FRAME_EDX, "layout.h");
_Static_assert(offsetof(struct frame, eip) == FRAME_EIP, "layout.h");

struct frame *frame_of(struct thread *thread)
{
    return (struct frame *)((uint8_t *)thread + TCB_FRAME);
}

/* Block 0 is no thread: ids are never 0 and never an error or a WAIT_* value. */
static struct thread *block(uint32_t index)
{
    return &tcbs[index].thread;
}

struct thread *thread_find(uint32_t id)
{
    struct thread *thread = block((id & TCB_MASK) / TCB_SIZE);
    return id && thread->id == id ? thread : NULL;
}

static struct thread *free_block(void)
{
    for (uint32_t i = 1; i < TCB_COUNT; i++)
        if (!block(i)->id && block(i)->generation + TCB_FIRST_GENERATION < ERROR_FIRST)
            return block(i);
    return NULL;
}

/* A thread of the domain, not yet ready. NULL: the table is full. */
struct thread *thread_create(uint32_t domain, uint32_t eip, uint32_t esp)
{
    struct thread *thread = free_block();
    if (!thread)
        return NULL;
    const struct domain *home = &domains[domain];
    uint32_t generation = thread->generation;
    uint32_t index = (uint32_t)((union block *)thread - tcbs);

    memset(thread, 0, TCB_SIZE);
    thread->id = generation | index * TCB_SIZE;
    thread->generation = generation;
    thread->window = window_high(home);
    thread->limit = window_low(home);
    thread->space = home->small ? 0 : home->directory;
    thread->domain = domain;
    thread->canary = CANARY;
    *frame_of(thread) = (struct frame){
        .eip = eip, .cs = USER_CS, .eflags = EFLAGS_USER, .esp = esp, .ss = USER_DS};
    return thread;
}

static void fail(struct thread *thread, uint32_t error)
{
    thread->wait = WAIT_NOTHING;
    frame_of(thread)->eax = error;
    ready(thread);
}

/* Who waits for the thread that was `id`, or to send to it, gets an error; one that
 * faulted and waits for its answer can never go on: it joins the list of the doomed. */
static struct thread *bereave(uint32_t id, struct thread *doomed)
{
    for (uint32_t i = 1; i < TCB_COUNT; i++) {
        struct thread *other = block(i);
        bool to_it = other->receiver == id &&
                     (other->wait == WAIT_SEND || other->wait == WAIT_FAULT);
        if (!other->id || (!to_it && other->wait != id))
            continue;
        if (!other->faulted) {
            fail(other, ERROR_NO_THREAD);
            continue;
        }
        other->wait = WAIT_EXITED;
        other->next = doomed;
        doomed = other;
    }
    return doomed;
}

static bool has_thread(uint32_t domain)
{
    for (uint32_t i = 1; i < TCB_COUNT; i++)
        if (block(i)->id && block(i)->domain == domain)
            return true;
    return false;
}

/* Its last thread has ended: what it held goes back. */
static void domain_end(uint32_t domain)
{
    space_end(domain);
    exokernel_release(domain);
    if (domains[domain].small)
        window_end(domains[domain].base, domains[domain].limit);
}

/* The thread is no more; its id is never used again. */
void thread_end(struct thread *thread)
{
    struct thread *doomed = thread;
    thread->next = NULL;
    while (doomed) {
        struct thread *dead = doomed;
        uint32_t id = dead->id;
        if (dead->canary != CANARY)
            panic("a kernel stack grew into its control block");
        doomed = dead->next;
        dead->id = 0;
        dead->wait = WAIT_EXITED;
        dead->generation += TCB_FIRST_GENERATION;
        doomed = bereave(id, doomed);
        if (!has_thread(dead->domain))
            domain_end(dead->domain);
    }
}

/* Of all threads that there are. Their kernel stacks must have been deep enough. */
void threads_check(void)
{
    for (uint32_t i = 1; i < TCB_COUNT; i++)
        if (block(i)->id && block(i)->canary != CANARY)
            panic("a kernel stack grew into its control block");
}

void ready(struct thread *thread)
{
    thread->next = NULL;
    if (ready_first)
        ready_last->next = thread;
    else
        ready_first = thread;
    ready_last = thread;
}

/* Out of the ready queue. False: it is not there. */
bool unready(struct thread *thread)
{
    struct thread *before = NULL;
    for (struct thread *each = ready_first; each != thread; each = each->next) {
        if (!each)
            return false;
        before = each;
    }
    if (before)
        before->next = thread->next;
    else
        ready_first = thread->next;
    if (ready_last == thread)
        ready_last = before;
    return true;
}

static void print_threads(void)
{
    for (uint32_t i = 1; i < TCB_COUNT; i++) {
        const struct thread *thread = block(i);
        if (!thread->id)
            continue;
        print("thread ");
        print_number(thread->id);
        print(" of ");
        print(domains[thread->domain].name);
        print(thread->faulted ? " faulted at " : " at ");
        print_number(frame_of(block(i))->eip);
        print(" waits for ");
        print_number(thread->wait < TCB_SIZE ? thread->receiver : thread->wait);
        print(" state ");
        print_number(thread->wait);
        print("\n");
    }
    print_last_message();
}

/* The next thread to run, round robin. */
struct thread *schedule(void)
{
    while (!ready_first) {
        if (!timer_will_wake()) {
            print_threads();
            print("no thread is ready and none ever will be\n");
            end(STATUS_STUCK);
        }
        idle();
    }
    struct thread *thread = ready_first;
    ready_first = thread->next;
    return thread;
}
