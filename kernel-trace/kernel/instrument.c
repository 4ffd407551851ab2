/* instrument.c - what is told to the recorder through the event window. All of it lies in
 * a region of role instrument, behind everything else in the image, and is empty in the
 * twin. rules.mk aligns each function to 512 bytes, so that in both builds they are
 * called at the same addresses. */
#include "kernel-trace/kernel/kernel.h"
#include "kernel-trace/kernel/notes.h"
#include "traces/trace.h"

_Static_assert((int)EVENT_ROLE_WORK == TRACE_WORK, "events.h");
_Static_assert((int)EVENT_ROLE_IDLE == TRACE_IDLE, "events.h");
_Static_assert(EVENT_DOMAIN_CURRENT == TRACE_DOMAIN_CURRENT, "events.h");
_Static_assert((int)CAUSE_CALL == TRACE_CAUSE_CALL, "notes.h");
_Static_assert((int)CAUSE_FAULT == TRACE_CAUSE_FAULT, "notes.h");
_Static_assert((int)CAUSE_INTERRUPT == TRACE_CAUSE_INTERRUPT, "notes.h");
_Static_assert((int)EXIT_IRET == TRACE_EXIT_IRET, "notes.h");
_Static_assert((int)EXIT_SYSEXIT == TRACE_EXIT_SYSEXIT, "notes.h");
_Static_assert((int)HOW_CR3 == TRACE_HOW_CR3, "notes.h");
_Static_assert((int)HOW_SEGMENT == TRACE_HOW_SEGMENT, "notes.h");
_Static_assert((int)IPC_IS_CALL == TRACE_IPC_IS_CALL, "notes.h");
_Static_assert((int)IPC_IS_REPLY == TRACE_IPC_IS_REPLY, "notes.h");
_Static_assert((int)IPC_IS_SEND == TRACE_IPC_IS_SEND, "notes.h");

#ifdef CROSSBILL_TWIN
static inline __attribute__((always_inline)) void
emit(uint32_t code, const uint32_t *arguments, uint32_t count)
{
    (void)code;
    (void)arguments;
    (void)count;
}
#else
static inline __attribute__((always_inline)) void
emit(uint32_t code, const uint32_t *arguments, uint32_t count)
{
    volatile uint32_t *window = physical(EVENT_WINDOW_PHYSICAL);
    for (uint32_t i = 0; i < count; i++)
        window[i] = arguments[i];
    window[EVENT_COMMIT / 4] = code;
}
#endif

void declare_domain(uint32_t number)
{
    const struct domain *domain = &domains[number];
    uint32_t kind = domain->small ? TRACE_DOMAIN_SMALL : TRACE_DOMAIN_LARGE;
    uint32_t limit = domain->base + domain->limit;
    if (domain->extension)
        kind = number ? TRACE_DOMAIN_EXTENSION : TRACE_DOMAIN_KERNEL;
    emit(EVENT_DOMAIN,
         (uint32_t[]){number, kind, domain->base, limit, (uint32_t)domain->name}, 5);
}

void declare_region(uint32_t base, uint32_t limit, uint32_t role, uint32_t domain,
                    const char *name)
{
    if (base < limit)
        emit(EVENT_REGION, (uint32_t[]){base, limit, role, domain, (uint32_t)name}, 5);
}

void declare_tables(void)
{
    struct {
        uint16_t limit;
        uint32_t base;
    } __attribute__((packed)) idt;
    __asm__ volatile("sidt %0" : "=m"(idt));
    emit(EVENT_TABLES,
         (uint32_t[]){idt.base, (uint32_t)gdt, (uint32_t)tss, KERNEL_CS, KERNEL_SS}, 5);
}

/* Recording starts inside the kernel, on the way back to the thread. */
void record_start(const struct thread *thread)
{
    emit(EVENT_THREAD, (uint32_t[]){thread->id, thread->domain}, 2);
    emit(EVENT_START, (uint32_t[]){tss[TSS_CR3 / 4]}, 1);
}
