#include "reference_instruction.h"

#include <stdlib.h>

const struct trace_code *code_of(const struct reference_trace *trace,
                                 const struct trace_record *record)
{
    return &trace->codes[record->code];
}

static struct instruction decoded(const struct trace_code *code)
{
    return instruction_decode(code->bytes, code->length);
}

/* The rest of an instruction that the page's end has cut. */
static bool is_rest(const struct reference_trace *trace, size_t number)
{
    const struct trace_record *records = trace->records;
    if (code_of(trace, &records[number])->length != 0)
        return false;
    while (number-- > 0)
        if (records[number].kind == TRACE_FETCH)
            return records[number].size < code_of(trace, &records[number])->length;
    return false;
}

bool is_instruction(const struct reference_trace *trace, size_t number)
{
    return trace->records[number].kind == TRACE_FETCH && !is_rest(trace, number);
}

static bool breaks_sequence(enum trace_kind kind)
{
    return kind == TRACE_CROSSING_IN || kind == TRACE_CROSSING_OUT || kind == TRACE_PHASE;
}

/* The next fetch, or NULL where something comes between. */
static const struct trace_record *next_fetch(const struct reference_trace *trace,
                                             size_t number)
{
    while (++number < trace->record_count) {
        const struct trace_record *record = &trace->records[number];
        if (is_instruction(trace, number))
            return record;
        if (breaks_sequence(record->kind))
            return NULL;
    }
    return NULL;
}

/* Number of the fetch before, or SIZE_MAX where something comes between. */
static size_t last_fetch(const struct reference_trace *trace, size_t number)
{
    while (number-- > 0) {
        if (is_instruction(trace, number))
            return number;
        if (breaks_sequence(trace->records[number].kind))
            break;
    }
    return SIZE_MAX;
}

static bool returns_to_user(const struct reference_trace *trace, size_t number)
{
    while (++number < trace->record_count) {
        const struct trace_record *record = &trace->records[number];
        if (is_instruction(trace, number))
            return false;
        if (record->kind == TRACE_CROSSING_OUT)
            return record->a == 0;
    }
    return false;
}

/* Rule 14. */
uint8_t class_of_fetch(const struct reference_trace *trace, size_t number)
{
    const struct trace_record *fetch = &trace->records[number];
    const struct trace_code *code = code_of(trace, fetch);
    struct instruction instruction = decoded(code);
    size_t before = last_fetch(trace, number);
    const struct trace_record *after = next_fetch(trace, number);
    if (instruction.repeats && before != SIZE_MAX &&
        trace->records[before].code == fetch->code)
        return instruction.again;
    if (instruction.traps && fetch->user)
        return instruction.crossing;
    if (instruction.returns && returns_to_user(trace, number))
        return instruction.crossing;
    if (instruction.branches && after != NULL &&
        after->vaddr != code->vaddr + code->length)
        return instruction.taken;
    return instruction.class;
}

static struct instruction instruction_at(const struct reference_trace *trace,
                                         size_t number)
{
    return decoded(code_of(trace, &trace->records[number]));
}

/* Whether it goes beside the instruction before it, which is not beside another itself.
 */
static bool is_second(const struct reference_trace *trace, size_t number)
{
    size_t before = last_fetch(trace, number);
    if (before == SIZE_MAX)
        return false;
    struct instruction first = instruction_at(trace, before);
    struct instruction second = instruction_at(trace, number);
    const struct trace_record *fetch = &trace->records[before];
    return fetch->vaddr + first.length == trace->records[number].vaddr &&
           instructions_pair(&first, &second) && !is_second(trace, before);
}

int64_t cost_of_fetch(const struct reference_trace *trace, const struct machine *machine,
                      size_t number)
{
    if (machine->pairing == MACHINE_PAIRING_P5 && is_second(trace, number)) {
        struct instruction first = instruction_at(trace, last_fetch(trace, number));
        struct instruction second = instruction_at(trace, number);
        return instruction_second_cost(machine->instructions, &first, &second);
    }
    return machine->instructions[class_of_fetch(trace, number)];
}

enum account account_of_fetch(const struct reference_trace *trace, size_t number)
{
    const struct trace_code *code = code_of(trace, &trace->records[number]);
    struct instruction instruction = decoded(code);
    if (code->role != TRACE_IDLE && (instruction.traps || instruction.returns))
        return ACCOUNT_BORDER;
    switch ((enum trace_role)code->role) {
    case TRACE_WORK:
        return ACCOUNT_WORK;
    case TRACE_BORDER:
        return ACCOUNT_BORDER;
    case TRACE_KERNEL_PATH:
        return ACCOUNT_KERNEL_PATH;
    case TRACE_THREAD_SWITCHING:
        return ACCOUNT_THREAD_SWITCH;
    case TRACE_SPACE_SWITCHING:
        return ACCOUNT_SPACE_SWITCH;
    case TRACE_BINDING:
        return ACCOUNT_BINDING;
    case TRACE_IDLE:
        return ACCOUNT_IDLE;
    case TRACE_ROLES:
        break;
    }
    abort();
}
