/* events.h - what the kernel's image tells the recorder. Shared by guest and host.
 *
 * Two channels, neither of which shows in a trace as an access or an instruction:
 *
 * 1. Notes. The section `.crossbill` of the kernel's ELF file is never loaded (no
 *    SHF_ALLOC). It is an array of `struct event_note`. A note is either a region
 *    (which code is work, which is path, of which kind) or a tracepoint: "when the
 *    instruction at this address is about to be executed, this happened", with up to
 *    two operands that the recorder reads from the kernel's own variables in guest
 *    memory. Notes cost nothing: a kernel built without them has the same bytes.
 *
 * 2. The window. One physical page, EVENT_WINDOW_PHYSICAL, which the kernel may map
 *    anywhere. A 32-bit store to offset 4*i (i < EVENT_ARGUMENTS) latches argument i;
 *    a store to offset EVENT_COMMIT of an `enum event_code` value emits the event with
 *    the latched arguments. Used off the path only: boot, declarations, phases and
 *    requests. The recorder drops the storing instruction itself, and drops everything
 *    executed in regions of role EVENT_ROLE_INSTRUMENT.
 *
 * Nothing is recorded before EVENT_START and after EVENT_STOP, except declarations.
 */
#ifndef CROSSBILL_EVENTS_H
#define CROSSBILL_EVENTS_H

#define EVENT_WINDOW_PHYSICAL 0x7000
#define EVENT_ARGUMENTS       8
#define EVENT_COMMIT          0x80

/* enum event_code: values stored to EVENT_COMMIT; arguments in [brackets].
 * Pointers are kernel virtual addresses of NUL-terminated names. */
#define EVENT_START         1 /* [CR3 value in force] */
#define EVENT_STOP          2
#define EVENT_DOMAIN        3 /* [id, kind (enum trace_domain_kind), base, limit, name] */
#define EVENT_REGION        4 /* [physical base, physical limit, role, domain, name] */
#define EVENT_TABLES        5 /* [IDT, GDT, TSS linear addresses, kernel CS, kernel SS] */
#define EVENT_PHASE         6 /* [0 warm-up, 1 measured] */
#define EVENT_REQUEST_BEGIN 7 /* [number] */
#define EVENT_REQUEST_END   8 /* [number] */
#define EVENT_THREAD        9 /* [thread id, domain id]: the thread that runs at START */

/* Roles of code; the first eight are enum trace_role of traces/trace.h. */
#define EVENT_ROLE_WORK          0
#define EVENT_ROLE_BORDER        1
#define EVENT_ROLE_KERNEL_PATH   2
#define EVENT_ROLE_THREAD_SWITCH 3
#define EVENT_ROLE_SPACE_SWITCH  4
#define EVENT_ROLE_BINDING       5
#define EVENT_ROLE_IDLE          6
#define EVENT_ROLE_INSTRUMENT    15 /* never recorded */

#define EVENT_DOMAIN_CURRENT 0xffff /* the code belongs to whichever domain runs it */

/* Note kinds. `detail` in brackets. */
#define NOTE_REGION        1 /* [role | domain << 16]; address..end, kernel virtual */
#define NOTE_CROSSING_IN   2 /* [enum trace_cause | vector << 8 | bytes pushed << 16]: the
                              * bytes from user mode; from the kernel they are 8 less */
#define NOTE_CROSSING_OUT  3 /* [enum trace_exit]; the returning instruction itself */
#define NOTE_THREAD_SWITCH 4 /* operands: new thread id, its domain id */
#define NOTE_SPACE_SWITCH  5 /* [enum trace_how]; operands: CR3 value, domain id. At the
                              * first instruction that runs after the switch */
#define NOTE_IPC_SEND      6 /* [enum trace_ipc]; operands: receiver's thread id, bytes */
#define NOTE_IPC_RECEIVE   7 /* operands: sender's thread id, bytes */

/* An operand is the constant `offset` when EVENT_OPERAND_CONSTANT; else the 32-bit word
 * at kernel virtual address `address`; with EVENT_OPERAND_DEREF that word, masked, plus
 * offset is the address of a second word, which is the operand. */
#define OPERAND_CONSTANT 0
#define OPERAND_WORD     1
#define OPERAND_DEREF    2

#ifndef __ASSEMBLER__
#include <stdint.h>
struct event_operand {
    uint32_t how; /* OPERAND_* */
    uint32_t address;
    uint32_t mask;
    uint32_t offset;
};
struct event_note {
    uint32_t kind;    /* NOTE_* */
    uint32_t address; /* kernel virtual address of the instruction, or region base */
    uint32_t end;     /* region limit; 0 for tracepoints */
    uint32_t detail;
    struct event_operand operand[2];
};
#endif

#endif
