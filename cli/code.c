/* code.c - the instructions on the path of a crossing, as a listing.
 *
 * The stub before the trap and the one after the return are path as well; they belong to
 * the crossing next to which they stand. Cycles are those of an instruction alone: a
 * machine that pairs them spends less on the whole.
 */
#include "code.h"

#include "cli.h"
#include "traces/dump.h"

#include <Zydis/Zydis.h>
#include <inttypes.h>
#include <stdlib.h>

enum { STUB = 64 }; /* records looked at before the way in */

/* ---- the records of the path ---- */

struct path {
    const struct trace_reader *trace;
    uint64_t crossing;
    struct trace_record *records;
    size_t count, capacity;
    unsigned depth; /* ways in less ways out */
    bool is_out, is_complete;
};

static uint8_t role_of(const struct trace_reader *trace,
                       const struct trace_record *record)
{
    uint32_t count = 0;
    const struct trace_code *codes = trace_codes(trace, &count);
    return record->code < count ? codes[record->code].role : TRACE_WORK;
}

static bool is_access(const struct trace_record *record)
{
    return record->kind <= TRACE_STORE;
}

static bool is_stub(const struct trace_reader *trace, const struct trace_record *record)
{
    return is_access(record) && record->user != 0 && role_of(trace, record) != TRACE_WORK;
}

static bool append(struct path *path, const struct trace_record *record)
{
    if (path->count == path->capacity) {
        size_t capacity = path->capacity * 2 + 1024;
        void *more = reallocarray(path->records, capacity, sizeof *path->records);
        if (more == NULL)
            return false;
        path->records = more;
        path->capacity = capacity;
    }
    path->records[path->count++] = *record;
    return true;
}

/* Records come in order, from before the crossing's way in on. */
static bool take(struct path *path, const struct trace_record *record, uint64_t number)
{
    if (path->is_complete)
        return true;
    if (number < path->crossing) {
        if (!is_stub(path->trace, record))
            path->count = 0; /* what was collected belongs to something before */
        else
            return append(path, record);
        return true;
    }
    bool comes_in = record->kind == TRACE_CROSSING_IN;
    path->is_complete =
        path->is_out &&
        (comes_in || (is_access(record) && !is_stub(path->trace, record)));
    if (comes_in)
        path->depth++;
    if (record->kind == TRACE_CROSSING_OUT)
        path->is_out = --path->depth == 0;
    return append(path, record);
}

static bool take_block(struct path *path, const struct trace_block *block)
{
    uint64_t from = path->crossing < STUB ? 0 : path->crossing - STUB;
    for (size_t i = 0; i < block->count; i++)
        if (block->first + i >= from && !take(path, &block->records[i], block->first + i))
            return false;
    return true;
}

static bool collect(struct path *path, struct cb_error *error)
{
    struct trace_block block;
    trace_block_init(&block);
    bool done = true;
    for (size_t i = 0; done && !path->is_complete && i < trace_blocks(path->trace); i++) {
        done = trace_read_block(path->trace, i, &block, error);
        if (done && !take_block(path, &block))
            done = cb_error_set(error, CB_IO, "out of memory");
    }
    trace_block_free(&block);
    return done;
}

/* ---- the listing ---- */

static void disassemble(const struct trace_code *code, char *text, size_t size)
{
    ZydisDisassembledInstruction instruction;
    if (ZYAN_SUCCESS(ZydisDisassembleIntel(ZYDIS_MACHINE_MODE_LEGACY_32, code->vaddr,
                                           code->bytes, code->length, &instruction)))
        snprintf(text, size, "%s", instruction.text);
    else
        snprintf(text, size, "?");
}

static bool is_next_step(const struct trace_record *record)
{
    return record->kind == TRACE_FETCH || record->kind == TRACE_CROSSING_IN ||
           record->kind == TRACE_CROSSING_OUT;
}

static const struct trace_code *code_of(const struct path *path, uint32_t number)
{
    uint32_t count = 0;
    const struct trace_code *codes = trace_codes(path->trace, &count);
    return number < count && codes[number].length > 0 ? &codes[number] : NULL;
}

/* How often an instruction with a rep prefix was fetched in a row, once for each turn. */
static uint32_t turns_of(const struct path *path, size_t fetch)
{
    const struct trace_code *code = code_of(path, path->records[fetch].code);
    if (!instruction_decode(code->bytes, code->length).repeats)
        return 1;
    uint32_t turns = 0;
    for (size_t i = fetch; i < path->count; i++) {
        if (!is_next_step(&path->records[i]))
            continue;
        if (path->records[i].kind != TRACE_FETCH ||
            path->records[i].code != path->records[fetch].code)
            break;
        turns++;
    }
    return turns;
}

/* Where execution went on tells whether a branch was taken, and whether an instruction
 * entered or left the kernel. */
static const struct trace_record *what_follows(const struct path *path, size_t fetch)
{
    for (size_t i = fetch + 1; i < path->count; i++)
        if (is_next_step(&path->records[i]))
            return &path->records[i];
    return NULL;
}

static int64_t cost_of(const struct machine *machine, const struct trace_code *code,
                       const struct trace_record *next)
{
    struct instruction instruction = instruction_decode(code->bytes, code->length);
    uint8_t class = instruction.class;
    if (next != NULL &&
        (next->kind == TRACE_CROSSING_IN || next->kind == TRACE_CROSSING_OUT))
        class = instruction.crossing;
    else if (next != NULL && next->kind == TRACE_FETCH &&
             next->vaddr != code->vaddr + code->length)
        class = instruction.taken;
    return machine->instructions[class];
}

/* The ledger counts the trap itself to the border, wherever it stands. */
static const char *part_of(const struct trace_code *code)
{
    if (instruction_decode(code->bytes, code->length).traps)
        return trace_role_word(TRACE_BORDER);
    return trace_role_word(code->role);
}

/* Returns what it cost. */
static int64_t put_instruction(const struct path *path, size_t fetch, uint32_t turns,
                               const struct machine *machine, struct table *table)
{
    const struct trace_code *code = code_of(path, path->records[fetch].code);
    uint8_t again = instruction_decode(code->bytes, code->length).again;
    char text[128], cycles[32];
    int64_t mcycles = cost_of(machine, code, what_follows(path, fetch)) +
                      (turns - 1) * machine->instructions[again];
    disassemble(code, text, sizeof text);
    table_put(table, "%08" PRIx64, code->vaddr);
    if (turns > 1)
        table_put(table, "%s (%" PRIu32 " turns)", text, turns - 1);
    else
        table_put(table, "%s", text);
    table_put(table, "%s", cli_cycles(cycles, mcycles));
    table_put(table, "%s", part_of(code));
    return mcycles;
}

/* Work may run in the kernel, on behalf of the crossing, and is no path for that. */
static bool is_listed(const struct path *path, const struct trace_record *record)
{
    return record->kind == TRACE_FETCH && code_of(path, record->code) != NULL &&
           role_of(path->trace, record) != TRACE_WORK;
}

static void put_row(struct table *table, const char *address, const char *instruction,
                    const char *cycles, const char *part)
{
    table_put(table, "%s", address);
    table_put(table, "%s", instruction);
    table_put(table, "%s", cycles);
    table_put(table, "%s", part);
}

/* The record behind so many fetches and their accesses. */
static size_t behind(const struct path *path, size_t fetch, uint32_t turns)
{
    size_t i = fetch + 1;
    while (turns > 1 && i < path->count)
        turns -= path->records[i++].kind == TRACE_FETCH;
    return i;
}

bool code_print_path(const struct trace_reader *trace, const struct machine *machine,
                     uint64_t crossing, int64_t explicit_mcycles, struct cb_error *error)
{
    struct path path = {.trace = trace, .crossing = crossing};
    bool done = collect(&path, error);
    struct table *table = table_new("llrl");
    int64_t sum = 0;
    char text[32];
    put_row(table, "address", "instruction", "cycles", "part");
    size_t i = 0;
    while (done && i < path.count) {
        uint32_t turns = 1;
        if (is_listed(&path, &path.records[i])) {
            turns = turns_of(&path, i);
            sum += put_instruction(&path, i, turns, machine, table);
        }
        i = behind(&path, i, turns);
    }
    table_rule(table);
    put_row(table, "", machine->pairing == MACHINE_PAIRING_NONE ? "" : "before pairing",
            cli_cycles(text, sum), "");
    table_print(table, stdout, 2);
    if (machine->pairing == MACHINE_PAIRING_NONE && sum != explicit_mcycles)
        printf("  (%s more in stubs that work stands between)\n",
               cli_cycles(text, explicit_mcycles - sum));
    if (machine->pairing != MACHINE_PAIRING_NONE && done)
        printf("  (each instruction alone; the bill has them in pairs, where the second "
               "adds\n"
               "  only what it takes longer than the first)\n");
    free(path.records);
    return done;
}
