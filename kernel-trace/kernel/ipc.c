/* ipc.c - the slow ways of IPC: whatever path.S does not do. The receiver may not wait
 * yet, the message may have bytes in memory, or it may be about a fault.
 *
 * A message passes when the receiver waits and the sender sends: nothing is buffered. A
 * message that cannot pass is its sender's error; but for an answer, where the server is
 * not to suffer from its client, it is the client's. */
#include "kernel-trace/kernel/kernel.h"
#include "kernel-trace/kernel/notes.h"

#define LENGTH(edx) ((edx)&0xffff)
#define MOST(edx)   ((edx) >> 16)

/* The message that passed last: notes read it here, and who looks at a stuck kernel. */
static uint32_t sender_id, receiver_id, message_bytes;

struct thread *current(const struct frame *frame)
{
    return (struct thread *)((uint32_t)frame & ~(TCB_SIZE - 1u));
}

static bool accepts(const struct thread *to, const struct thread *from)
{
    return to->wait == WAIT_ANY || to->wait == from->id;
}

/* Pass the message. 0, or an error, with which the receiver waits on. */
static uint32_t pass(struct thread *from, struct thread *to)
{
    const struct frame *source = frame_of(from);
    struct frame *target = frame_of(to);
    uint32_t bytes = from->faulted ? 0 : LENGTH(source->edx);
    if (bytes > MOST(target->edx))
        return ERROR_TOO_LONG;
    if (!user_copy(&domains[from->domain], source->ecx, &domains[to->domain], target->ebp,
                   bytes))
        return ERROR_BUFFER;

    target->ebx = from->faulted ? from->fault[0] : source->ebx;
    target->esi = from->faulted ? from->fault[1] : source->esi;
    target->edi = from->faulted ? from->fault[2] : source->edi;
    target->edx = bytes;
    target->eax = from->id;
    to->partner = from->id;
    to->wait = WAIT_NOTHING;

    sender_id = from->id;
    receiver_id = to->id;
    message_bytes = bytes + IPC_SHORT_BYTES;
    return 0;
}

void print_last_message(void)
{
    print("last slow message: from ");
    print_number(sender_id);
    print(" to ");
    print_number(receiver_id);
    print(", bytes ");
    print_number(message_bytes);
    print("\n");
}

/* After pass(): the notes of one message. Two functions, since what it was is a constant
 * of the note. */
static inline void note_call(void)
{
    NOTE_WORDS(NOTE_IPC_SEND, IPC_IS_CALL, &receiver_id, &message_bytes);
    NOTE_WORDS(NOTE_IPC_RECEIVE, 0, &sender_id, &message_bytes);
}

static inline void note_reply(void)
{
    NOTE_WORDS(NOTE_IPC_SEND, IPC_IS_REPLY, &receiver_id, &message_bytes);
    NOTE_WORDS(NOTE_IPC_RECEIVE, 0, &sender_id, &message_bytes);
}

static inline void note_send(void)
{
    NOTE_WORDS(NOTE_IPC_SEND, IPC_IS_SEND, &receiver_id, &message_bytes);
    NOTE_WORDS(NOTE_IPC_RECEIVE, 0, &sender_id, &message_bytes);
}

static void enqueue(struct thread *from, struct thread *to, bool calls)
{
    struct thread **link = &to->senders;
    while (*link)
        link = &(*link)->next;
    from->next = NULL;
    *link = from;
    from->wait = WAIT_SEND;
    from->receiver = to->id;
    from->calls = calls;
}

/* Take the first message in the queue of `me` that it waits for. True: it has one. */
static bool take(struct thread *me)
{
    if (timer_tell(me))
        return true;
    struct thread **link = &me->senders;
    while (*link) {
        struct thread *from = *link;
        if (!accepts(me, from)) {
            link = &from->next;
            continue;
        }
        *link = from->next;
        uint32_t error = pass(from, me);
        if (from->faulted) {
            from->wait = WAIT_FAULT;
            note_call();
            return true;
        }
        if (!error && from->calls) {
            from->wait = me->id;
            note_call();
            return true;
        }
        frame_of(from)->eax = error;
        from->wait = WAIT_NOTHING;
        ready(from);
        if (!error) {
            note_send();
            return true;
        }
    }
    return false;
}

/* Wait for a message from thread `id` or WAIT_ANY. */
static struct thread *receive(struct thread *me, uint32_t id)
{
    me->wait = id;
    return take(me) ? me : schedule();
}

static struct thread *return_error(struct thread *me, uint32_t error)
{
    frame_of(me)->eax = error;
    return me;
}

struct thread *ipc_call(struct frame *frame)
{
    struct thread *me = current(frame);
    struct thread *to = thread_find(frame->eax);
    if (!to || to == me)
        return return_error(me, ERROR_NO_THREAD);
    if (!accepts(to, me)) {
        enqueue(me, to, true);
        return schedule();
    }
    uint32_t error = pass(me, to);
    if (error)
        return return_error(me, error);
    note_call();
    me->wait = to->id;
    return to;
}

/* The pager's answer: retry, or continue elsewhere. */
static void answer_fault(const struct frame *answer, struct thread *faulter)
{
    if (answer->ebx)
        frame_of(faulter)->eip = answer->ebx;
    faulter->faulted = false;
    faulter->wait = WAIT_NOTHING;
    sender_id = faulter->receiver;
    receiver_id = faulter->id;
    message_bytes = IPC_SHORT_BYTES;
    note_reply();
}

/* Whom the answer has made ready, or NULL: who does not wait for it, does not get it. */
static struct thread *answer(struct thread *me, struct thread *to)
{
    if (to->wait == WAIT_FAULT && to->receiver == me->id) {
        answer_fault(frame_of(me), to);
        return to;
    }
    if (!accepts(to, me))
        return NULL;
    uint32_t error = pass(me, to);
    if (!error) {
        note_reply();
        return to;
    }
    if (to->wait == WAIT_ANY)
        return NULL;
    to->wait = WAIT_NOTHING;
    frame_of(to)->eax = error;
    return to;
}

struct thread *ipc_reply_wait(struct frame *frame)
{
    struct thread *me = current(frame);
    struct thread *to = thread_find(frame->eax);
    struct thread *next = to && to != me ? answer(me, to) : NULL;
    me->wait = WAIT_ANY;
    if (!take(me))
        return next ? next : schedule();
    if (next)
        ready(next);
    return me;
}

struct thread *ipc_receive(struct frame *frame)
{
    struct thread *me = current(frame);
    uint32_t id = frame->eax;
    if (id && (!thread_find(id) || id == me->id))
        return return_error(me, ERROR_NO_THREAD);
    return receive(me, id ? id : WAIT_ANY);
}

struct thread *ipc_send(struct frame *frame)
{
    struct thread *me = current(frame);
    struct thread *to = thread_find(frame->eax);
    if (!to || to == me)
        return return_error(me, ERROR_NO_THREAD);
    if (to->wait == WAIT_FAULT && to->receiver == me->id) {
        answer_fault(frame, to);
        ready(to);
        return return_error(me, 0);
    }
    if (!accepts(to, me)) {
        enqueue(me, to, false);
        return schedule();
    }
    uint32_t error = pass(me, to);
    if (!error) {
        note_send();
        ready(to);
    }
    return return_error(me, error);
}

/* A thread's fault, as a call to its pager. Its registers stay as they are. */
struct thread *send_fault(struct thread *thread, uint32_t pager)
{
    struct thread *to = thread_find(pager);
    if (!to || to == thread || to->wait == WAIT_FAULT) {
        print("a fault that no pager can answer ends a thread of ");
        print(domains[thread->domain].name);
        print("\n");
        thread_end(thread);
        return schedule();
    }
    thread->faulted = true;
    if (!accepts(to, thread)) {
        enqueue(thread, to, true);
        return schedule();
    }
    pass(thread, to);
    note_call();
    thread->wait = WAIT_FAULT;
    thread->receiver = to->id;
    return to;
}
