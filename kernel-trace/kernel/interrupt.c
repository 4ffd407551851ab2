/* interrupt.c - the timer: it takes the processor from one thread and gives it to the
 * next, and tells the thread that has asked for it by a message. It runs on demand only.
 *
 * Its period is in microseconds; under QEMU's instruction counting (-icount shift=0) that
 * is a thousand instructions each, on every machine alike. */
#include "kernel-trace/kernel/kernel.h"

#define PORT_CONTROLLER  0x20
#define PORT_MASK        0x21
#define PORT_COUNTER     0x40
#define PORT_MODE        0x43
#define COUNTER_HZ       1193182
#define MODE_RATE        0x34 /* counter 0, both bytes, again and again */
#define END_OF_INTERRUPT 0x20

static uint32_t listener; /* thread that gets a message per tick; 0: none */
static uint32_t ticks;    /* that it has not been told of */
static bool running;

static void out(uint16_t port, uint32_t value)
{
    __asm__ volatile("outb %b0, %1" ::"a"(value), "Nd"(port));
}

/* 0 stops it. False: the counter cannot count so far. */
bool timer_set(uint32_t microseconds)
{
    uint32_t count = microseconds * (COUNTER_HZ / 1000) / 1000;
    if (microseconds > TIMER_MOST || (microseconds && count < 2))
        return false;
    running = microseconds > 0;
    out(PORT_MODE, MODE_RATE);
    out(PORT_COUNTER, count & 0xff);
    out(PORT_COUNTER, count >> 8);
    out(PORT_MASK, running ? 0xfe : 0xff);
    return true;
}

void timer_listen(const struct thread *thread)
{
    listener = thread ? thread->id : 0;
    ticks = 0;
}

/* Whether the processor may sleep when no thread is ready. */
bool timer_will_wake(void)
{
    return running && thread_find(listener);
}

/* If there are ticks to tell the thread of, it gets the message that it waits for. */
bool timer_tell(struct thread *thread)
{
    if (thread->id != listener || !ticks || thread->wait != WAIT_ANY)
        return false;
    struct frame *frame = frame_of(thread);
    frame->eax = 0;
    frame->ebx = INTERRUPT_LABEL;
    frame->esi = ticks;
    frame->edx = 0;
    ticks = 0;
    thread->partner = 0;
    thread->wait = WAIT_NOTHING;
    return true;
}

static void tick(void)
{
    struct thread *thread = thread_find(listener);
    out(PORT_CONTROLLER, END_OF_INTERRUPT);
    if (!thread)
        return;
    ticks++;
    if (timer_tell(thread))
        ready(thread);
}

/* While a thread ran: the next one's turn. */
struct thread *timer_interrupt(struct frame *frame)
{
    tick();
    ready(current(frame));
    return schedule();
}

/* While the processor slept. */
void timer_interrupt_idle(void)
{
    tick();
}
