/* kernel.h - the whole kernel on one page: its objects, and its functions by file. */
#ifndef CROSSBILL_KERNEL_H
#define CROSSBILL_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel-trace/kernel/abi.h"
#include "kernel-trace/kernel/layout.h"
#include "kernel-trace/kernel/program.h"

#define DOMAINS 32

struct frame { /* FRAME_* of layout.h */
    uint32_t edi, esi, ebp, unused, ebx, edx, ecx, eax;
    uint32_t eip, cs, eflags, esp, ss;
};

/* A thread's control block; the first eight words are TCB_* of layout.h. */
struct thread {
    uint32_t id;
    uint32_t wait;
    uint32_t window;
    uint32_t space;
    uint32_t partner;
    struct thread *senders; /* in order of arrival, linked by next */
    uint32_t limit;
    uint32_t domain;

    struct thread *next; /* in the ready queue or in another's senders */
    uint32_t receiver;   /* with WAIT_SEND: to whom */
    bool calls;          /* with WAIT_SEND: it then awaits the answer */
    bool faulted;        /* its message is `fault`, not in its registers */
    uint32_t fault[3];
    uint32_t generation; /* of the next thread in this block */
    uint32_t canary;     /* the stack never grows into the above */
};

union block {
    struct thread thread;
    uint8_t page[TCB_SIZE];
};

/* A protection domain. Number 0 is the kernel. */
struct domain {
    const char *name;
    bool small;
    bool extension;     /* has no program and no space of its own */
    bool privileged;    /* may print and end the machine */
    bool announces;     /* may start the recording and use the event window */
    uint32_t directory; /* physical; small domains have the kernel's */
    uint32_t base;      /* linear address of its address 0 */
    uint32_t limit;     /* bytes from base that its segments reach; whole pages */
    uint32_t pager;     /* thread that gets its faults; 0: none */
    uint32_t image;     /* frame of its program's header */
};

struct descriptor {
    uint32_t low, high;
};

/* boot.S */
extern uint32_t kernel_directory[1024];
/* path.S, trap.S */
extern uint32_t fault_code, fault_vector, fault_ds, fault_es;
extern const uint32_t fault_entries[20];
__attribute__((noreturn)) void enter_user(struct thread *thread);

/* memory.c: frames, directories. Physical addresses are uint32_t, 0 is none. */
void memory_init(uint32_t first_free, uint32_t end);
uint32_t page_allocate(uint32_t count);
bool large_pages_init(void);
void *physical(uint32_t address);
uint32_t directory_create(void);
bool window_create(uint32_t base);
void window_end(uint32_t base, uint32_t limit);
bool map(const struct domain *domain, uint32_t address, uint32_t page, bool writable);
void unmap(const struct domain *domain, uint32_t address);
uint32_t user_page(const struct domain *domain, uint32_t address, bool write);
void frames_give(uint32_t frame, uint32_t count, uint32_t domain);
uint32_t frame_owner(uint32_t address);

/* user_memory.c */
void *user_range(const struct domain *domain, uint32_t address, uint32_t bytes,
                 bool write);
bool user_copy(const struct domain *from, uint32_t source, const struct domain *to,
               uint32_t target, uint32_t bytes);

/* service_trap.c */
struct thread *service_trap(struct frame *frame);

/* mapping.c: CALL_MAP, CALL_FLUSH */
uint32_t map_page(const struct thread *me, uint32_t receiver, uint32_t from, uint32_t to);
uint32_t flush_page(const struct thread *me, uint32_t address);

/* segment.c: descriptor tables */
extern struct descriptor gdt[GDT_ENTRIES];
extern uint32_t tss[26];
void segment_init(void);
bool sysenter_init(void);
uint32_t processor_features(void);
uint32_t window_low(const struct domain *domain);
uint32_t window_high(const struct domain *domain);

/* thread.c */
extern union block tcbs[TCB_COUNT];
extern struct domain domains[DOMAINS];
struct frame *frame_of(struct thread *thread);
struct thread *thread_find(uint32_t id);
struct thread *thread_create(uint32_t domain, uint32_t eip, uint32_t esp);
void thread_end(struct thread *thread);
void threads_check(void);
void ready(struct thread *thread);
bool unready(struct thread *thread);
struct thread *schedule(void);

/* ipc.c: the slow ways; each returns the thread to go on with */
struct thread *ipc_call(struct frame *frame);
struct thread *ipc_reply_wait(struct frame *frame);
struct thread *ipc_receive(struct frame *frame);
struct thread *ipc_send(struct frame *frame);
struct thread *send_fault(struct thread *thread, uint32_t pager);
struct thread *current(const struct frame *frame);
void print_last_message(void);

/* interrupt.c, trap.S: the timer */
bool timer_set(uint32_t microseconds);
void timer_listen(const struct thread *thread);
bool timer_will_wake(void);
bool timer_tell(struct thread *thread);
struct thread *timer_interrupt(struct frame *frame);
void timer_interrupt_idle(void);
void idle(void);

/* call.c: kernel calls and faults */
struct thread *kernel_call(struct frame *frame);
struct thread *fault(struct frame *frame);

/* scenario.c: the command line */
bool scenario_parse(const char *line, struct scenario *scenario);

/* load.c: programs into domains */
uint32_t domain_create(const char *name, bool small, uint32_t limit);
uint32_t extension_create(const char *name, uint32_t base, uint32_t limit);
uint32_t program_arena(const void *image);
struct thread *program_start(uint32_t domain, const void *image, uint32_t image_bytes,
                             const struct launch *launch);
struct launch *launch_of(uint32_t domain);
void declare_program(uint32_t domain, uint32_t fs);

/* workload.c: the domains of the scenario */
void workload_start(const struct scenario *scenario);

/* console.c */
void print(const char *text);
void print_number(uint32_t value);
void print_character(char c);
__attribute__((noreturn)) void end(uint32_t status);
__attribute__((noreturn)) void panic(const char *sentence);

/* memory.c also has what the compiler calls by itself */
void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memset(void *to, int value, size_t bytes);

/* instrument.c: declarations in the event window; nothing of it is ever recorded */
void declare_domain(uint32_t number);
void declare_region(uint32_t base, uint32_t limit, uint32_t role, uint32_t domain,
                    const char *name);
void declare_tables(void);
void record_start(const struct thread *thread);

#endif
