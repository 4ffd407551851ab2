/* plugin_notes.c - tracepoints: what happened when an instruction is reached.
 *
 * Crossings. A trap is known by the first instruction of its entry, which carries a note;
 * what the processor pushed follows from where it came from. From user mode the stack is
 * the one that the task state segment names. From kernel mode it is the one that was in
 * use, which nobody can read, so the record is held back until an access through the
 * stack pointer (the entry's first push, or its iret) tells. A return is known by its
 * note, too, and goes where the code selector in the frame that it reads says.
 */
#include "kernel-trace/recorder/plugin.h"

#include <string.h>

#define TSS_STACK 4u /* offset of esp0 in a task state segment */
#define PRIVILEGE_PUSH                                                                   \
    8u /* ss and esp are pushed only when the privilege level changes */

enum vector {
    VECTOR_DOUBLE_FAULT = 8,
    VECTOR_INVALID_TSS = 10,
    VECTOR_NOT_PRESENT = 11,
    VECTOR_STACK = 12,
    VECTOR_PROTECTION = 13
};

/* ---- operands ---- */

static bool read_operand(const struct recorder *recorder,
                         const struct event_operand *operand, uint32_t *value)
{
    *value = operand->offset;
    if (operand->how == OPERAND_CONSTANT)
        return true;
    uint32_t word;
    if (!guest_read_kernel(recorder, operand->address, &word))
        return false;
    *value = word;
    if (operand->how == OPERAND_WORD)
        return true;
    return guest_read_kernel(recorder, (word & operand->mask) + operand->offset, value);
}

static bool read_operands(struct recorder *recorder, const struct event_note *note,
                          uint32_t value[2])
{
    if (read_operand(recorder, &note->operand[0], &value[0]) &&
        read_operand(recorder, &note->operand[1], &value[1]))
        return true;
    /* Before the start, tables may not stand yet; the start itself tells the state. */
    if (recorder->started)
        recorder_fail(recorder, "the note at 0x%x has an operand that is not mapped",
                      note->address);
    return false;
}

/* ---- crossings in ---- */

/* What the processor reads and writes by itself at a trap is translated, too. */
static void use_tables_of_trap(struct recorder *recorder, uint32_t vector, uint32_t stack)
{
    use_table(recorder, (uint32_t)recorder->tables.idt + vector * 8);
    use_table(recorder, (uint32_t)recorder->tables.gdt);
    use_table(recorder, (uint32_t)recorder->tables.tss);
    use_table(recorder, stack - 4);
}

static void cross_in(struct recorder *recorder, const struct event_note *note)
{
    bool nested = !recorder->user;
    uint32_t bytes = note->detail >> 16 & 0xff;
    struct trace_record event = {.kind = TRACE_CROSSING_IN,
                                 .detail = (uint8_t)note->detail,
                                 .a = note->detail >> 8 & 0xff};
    recorder->user = false;
    if (recorder->attention & ATTEND_CLOSED)
        return;
    if (recorder->attention & ATTEND_HOLDING) {
        recorder_fail(recorder,
                      "the kernel was entered again at 0x%x before the entry "
                      "before it used its stack",
                      note->address);
        return;
    }
    if (nested && bytes > 0) {
        event.size = (uint8_t)(bytes > PRIVILEGE_PUSH ? bytes - PRIVILEGE_PUSH : 0);
        recorder->attention |= ATTEND_HOLDING;
        put_event(recorder, &event);
        return;
    }
    uint32_t stack = 0;
    if (bytes > 0 && !guest_read_kernel(
                         recorder, (uint32_t)recorder->tables.tss + TSS_STACK, &stack)) {
        recorder_fail(recorder, "the task state segment at 0x%x is not mapped",
                      (uint32_t)recorder->tables.tss);
        return;
    }
    if (bytes > 0)
        use_tables_of_trap(recorder, (uint32_t)event.a, stack);
    event.b = stack;
    event.size = (uint8_t)bytes;
    put_event(recorder, &event);
}

/* By how much an instruction without accesses moves the stack pointer: add or sub of a
 * constant. Anything else that moves it does so through memory or not in an entry. */
static int32_t stack_motion(const struct site *site)
{
    const uint8_t *bytes = site->bytes;
    int32_t amount;
    if (bytes[0] == 0x83)
        amount = (int8_t)bytes[2];
    else if (bytes[0] == 0x81)
        memcpy(&amount, bytes + 2, sizeof amount);
    else
        return 0;
    if (bytes[1] == 0xc4)
        return amount;
    return bytes[1] == 0xec ? -amount : 0;
}

/* The stack pointer before an instruction, from its first access; false when that is not
 * through the stack pointer. QEMU stores pusha's words from the lowest up. */
static bool stack_before(const struct site *site, bool store, uint32_t vaddr,
                         uint32_t size, uint32_t *stack)
{
    uint8_t code = site->bytes[0], next = site->bytes[1];
    bool pushes = (code >= 0x50 && code <= 0x57) || code == 0x68 || code == 0x6a ||
                  code == 0x06 || code == 0x0e || code == 0x16 || code == 0x1e ||
                  code == 0x9c || code == 0xe8 || (code == 0x0f && (next & 0xf7) == 0xa0);
    bool pops = code == 0xcf || (code >= 0x58 && code <= 0x5f) || code == 0x61;
    if (store && code == 0x60)
        *stack = vaddr + 8 * size;
    else if (store && pushes)
        *stack = vaddr + size;
    else if (!store && pops)
        *stack = vaddr;
    else
        return false;
    return true;
}

void holding_access(struct recorder *recorder, const struct site *site, bool store,
                    uint32_t vaddr, uint32_t size)
{
    uint32_t stack;
    if (!stack_before(site, store, vaddr, size, &stack))
        return;
    for (size_t i = 0; i < recorder->held_count; i++)
        if (recorder->held[i].kind == HELD_FETCH)
            stack -= (uint32_t)stack_motion(recorder->held[i].site);
    struct trace_record *event = &recorder->held[0].record;
    event->b = stack + event->size;
    release_held(recorder);
}

/* ---- crossings out ---- */

static void begin_leaving(struct recorder *recorder, const struct image_note *note)
{
    recorder->leaving = note;
    recorder->leaving_frame_known = false;
    recorder->attention |= ATTEND_LEAVING;
}

/* The first access of an iret reads the instruction pointer; the selector is above it. */
void leaving_access(struct recorder *recorder, uint32_t vaddr)
{
    if (recorder->leaving_frame_known)
        return;
    recorder->leaving_frame_known =
        guest_read_kernel(recorder, vaddr + 4, &recorder->leaving_selector);
}

/* Did the returning instruction itself fault? These faults of an iret are reported at
 * the iret; a page fault right after it is the user's first fetch. */
static bool return_faulted(const struct site *next)
{
    for (uint32_t i = 0; i < next->note_count; i++) {
        const struct event_note *note = &next->notes[i].note;
        uint32_t vector = note->detail >> 8 & 0xff;
        if (note->kind == NOTE_CROSSING_IN &&
            (note->detail & 0xff) == TRACE_CAUSE_FAULT &&
            (vector == VECTOR_DOUBLE_FAULT ||
             (vector >= VECTOR_INVALID_TSS && vector <= VECTOR_PROTECTION)))
            return true;
    }
    return false;
}

void finish_leaving(struct recorder *recorder, const struct site *next)
{
    const struct event_note *note = &recorder->leaving->note;
    recorder->attention &= ~(uint32_t)ATTEND_LEAVING;
    if (return_faulted(next))
        return;
    bool to_kernel = false;
    if (note->detail == TRACE_EXIT_IRET) {
        if (!recorder->leaving_frame_known && recorder->started) {
            recorder_fail(recorder, "the iret at 0x%x has not read its frame",
                          note->address);
            return;
        }
        to_kernel =
            recorder->leaving_frame_known && (recorder->leaving_selector & 3) == 0;
    }
    recorder->user = !to_kernel;
    put_event(recorder, &(struct trace_record){.kind = TRACE_CROSSING_OUT,
                                               .detail = (uint8_t)note->detail,
                                               .a = to_kernel});
}

/* ---- switches and messages ---- */

static void switch_thread(struct recorder *recorder, const struct event_note *note)
{
    uint32_t value[2];
    if (!read_operands(recorder, note, value))
        return;
    if (value[1] >= TRACE_DOMAIN_CURRENT) {
        recorder_fail(recorder, "the note at 0x%x switches to a thread of domain %u",
                      note->address, value[1]);
        return;
    }
    recorder->thread = value[0];
    recorder->domain = (uint16_t)value[1];
    put_event(recorder, &(struct trace_record){
                            .kind = TRACE_THREAD_SWITCH, .a = value[0], .b = value[1]});
}

static void switch_space(struct recorder *recorder, const struct event_note *note)
{
    uint32_t value[2];
    if (!recorder->started || !read_operands(recorder, note, value))
        return;
    if (recorder->attention & ATTEND_HOLDING) {
        recorder_fail(recorder,
                      "the note at 0x%x switches spaces in an entry that has not "
                      "used its stack",
                      note->address);
        return;
    }
    struct space *space = space_with(recorder, value[0]);
    if (space == NULL)
        return;
    if (note->detail == TRACE_HOW_CR3)
        recorder->cr3_stale = false;
    if (space != recorder->space)
        forget_translations(recorder);
    recorder->space = space;
    put_event(recorder, &(struct trace_record){.kind = TRACE_SPACE_SWITCH,
                                               .detail = (uint8_t)note->detail,
                                               .a = value[0],
                                               .b = space->number});
}

static void pass_message(struct recorder *recorder, const struct event_note *note,
                         enum trace_kind kind)
{
    uint32_t value[2];
    if (!recorder->started || !read_operands(recorder, note, value))
        return;
    put_event(recorder, &(struct trace_record){.kind = (uint8_t)kind,
                                               .detail = (uint8_t)note->detail,
                                               .a = value[0],
                                               .b = value[1]});
}

void follow_notes(struct recorder *recorder, const struct site *site)
{
    for (uint32_t i = 0; i < site->note_count && !recorder->failed; i++) {
        const struct event_note *note = &site->notes[i].note;
        switch (note->kind) {
        case NOTE_CROSSING_IN:
            cross_in(recorder, note);
            break;
        case NOTE_CROSSING_OUT:
            begin_leaving(recorder, &site->notes[i]);
            break;
        case NOTE_THREAD_SWITCH:
            switch_thread(recorder, note);
            break;
        case NOTE_SPACE_SWITCH:
            switch_space(recorder, note);
            break;
        case NOTE_IPC_SEND:
            pass_message(recorder, note, TRACE_IPC_SEND);
            break;
        case NOTE_IPC_RECEIVE:
            pass_message(recorder, note, TRACE_IPC_RECEIVE);
            break;
        case NOTE_REGION:
            break;
        }
    }
}
