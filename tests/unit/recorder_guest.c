/* What is hard to record, in a guest of its own (tests/kernel/recorder_guest.S): the
 * exact records of each scenario, written as text with the guest's names for addresses.
 *
 *   MODE fetch PLACE LENGTH      MODE load|store PLACE SIZE
 *   MODE in CAUSE VECTOR STACK BYTES     MODE out iret|sysexit user|kernel
 *   MODE space HOW CR3 NUMBER    MODE table INDEX PAGE
 *   MODE phase|begin|end NUMBER
 * The mode is u or k; a place below 3 GB, as the user names it, begins with "low:".
 */
#include "../recorder_tools.h"
#include "../trace_tools.h"
#include "kernel-trace/recorder/recorder.h"

#define GUEST "build/tests/kernel/recorder_guest.elf"
#define BASE  0xc0000000u

/* ---- names ---- */

struct names {
    uint8_t *file;
    const Elf32_Sym *symbols;
    size_t count;
    const char *strings;
};

static struct names names;

static void read_names(void)
{
    size_t size;
    names.file = slurp(GUEST, &size);
    const Elf32_Ehdr *header = (const Elf32_Ehdr *)names.file;
    const Elf32_Shdr *sections = (const Elf32_Shdr *)(names.file + header->e_shoff);
    for (int i = 0; i < header->e_shnum; i++) {
        if (sections[i].sh_type != SHT_SYMTAB)
            continue;
        names.symbols = (const Elf32_Sym *)(names.file + sections[i].sh_offset);
        names.count = sections[i].sh_size / sizeof(Elf32_Sym);
        names.strings =
            (const char *)names.file + sections[sections[i].sh_link].sh_offset;
    }
}

static uint64_t place(const char *name)
{
    for (size_t i = 1; i < names.count; i++)
        if (strcmp(names.strings + names.symbols[i].st_name, name) == 0)
            return names.symbols[i].st_value;
    fail_msg("no symbol %s", name);
    return 0;
}

static bool is_stack(const char *name)
{
    size_t length = strlen(name);
    return length >= 9 && strcmp(name + length - 9, "stack_top") == 0;
}

/* Stacks are named from their top down, everything else from the name before. */
static void name_place(uint64_t address, char *text, size_t size)
{
    const char *prefix = address < BASE ? "low:" : "";
    uint32_t place = (uint32_t)address | BASE;
    const Elf32_Sym *best = NULL;
    for (size_t i = 1; i < names.count; i++) {
        const Elf32_Sym *symbol = &names.symbols[i];
        const char *name = names.strings + symbol->st_name;
        if (is_stack(name) && place <= symbol->st_value &&
            symbol->st_value - place <= 256) {
            uint32_t down = symbol->st_value - place;
            snprintf(text, size, down == 0 ? "%s%s" : "%s%s-%u", prefix, name, down);
            return;
        }
        if (symbol->st_value <= place &&
            (best == NULL || symbol->st_value > best->st_value))
            best = symbol;
    }
    if (address >= 0x400000 && (address < BASE || best == NULL)) {
        snprintf(text, size, "0x%x", (uint32_t)address);
        return;
    }
    assert_non_null(best);
    uint32_t up = place - best->st_value;
    snprintf(text, size, up == 0 ? "%s%s" : "%s%s+%u", prefix,
             names.strings + best->st_name, up);
}

/* ---- records as text ---- */

static const char *const causes[] = {"call", "fault", "interrupt"};
static const char *const exits[] = {"iret", "sysexit"};
static const char *const hows[] = {"none", "cr3", "segment"};

static void show(FILE *to, const struct trace_record *record)
{
    char a[64], b[64];
    const char *mode = record->user ? "u" : "k";
    switch ((enum trace_kind)record->kind) {
    case TRACE_FETCH:
    case TRACE_LOAD:
    case TRACE_STORE:
        name_place(record->vaddr, a, sizeof a);
        fprintf(to, "%s %s %s %u\n", mode,
                record->kind == TRACE_FETCH  ? "fetch"
                : record->kind == TRACE_LOAD ? "load"
                                             : "store",
                a, record->size);
        break;
    case TRACE_CROSSING_IN:
        name_place(record->b, b, sizeof b);
        fprintf(to, "%s in %s %x %s %u\n", mode, causes[record->detail],
                (unsigned)record->a, record->b == 0 ? "-" : b, record->size);
        break;
    case TRACE_CROSSING_OUT:
        fprintf(to, "%s out %s %s\n", mode, exits[record->detail],
                record->a ? "kernel" : "user");
        break;
    case TRACE_SPACE_SWITCH:
        name_place(record->a, a, sizeof a);
        fprintf(to, "%s space %s %s %u\n", mode, hows[record->detail], a,
                (unsigned)record->b);
        break;
    case TRACE_PAGE_TABLE:
        name_place(record->b, b, sizeof b);
        fprintf(to, "%s %s %x %s\n", mode,
                record->detail == TRACE_MAPS_LARGE_PAGE ? "large page" : "table",
                record->code, b);
        break;
    case TRACE_PHASE:
        fprintf(to, "%s phase %u\n", mode, record->detail);
        break;
    case TRACE_REQUEST_BEGIN:
    case TRACE_REQUEST_END:
        fprintf(to, "%s %s %u\n", mode,
                record->kind == TRACE_REQUEST_BEGIN ? "begin" : "end",
                (unsigned)record->a);
        break;
    default:
        fprintf(to, "%s kind %d\n", mode, record->kind);
        break;
    }
}

/* The guest maps 0..4 MB twice; 4..8 MB there or 4 MB above; from 8 MB as it is. */
static void check_translation(const struct trace_record *record)
{
    uint64_t vaddr = record->vaddr, paddr = record->paddr;
    if (vaddr >= BASE)
        assert_int_equal(paddr, vaddr - BASE);
    else if (vaddr >= 0x400000 && vaddr < 0x800000)
        assert_true(paddr == vaddr || paddr == vaddr + 0x400000);
    else
        assert_int_equal(paddr, vaddr);
}

/* ---- recordings ---- */

static struct recording_request request_for(const char *scenario, const char *output)
{
    return (struct recording_request){.output = output,
                                      .scenario = scenario,
                                      .structure = "guest",
                                      .kernel = GUEST,
                                      .plugin = "build/" RECORDING_PLUGIN,
                                      .cpu = "pentium3", /* has sysenter */
                                      .memory_mib = 16,
                                      .time_limit_seconds = 60};
}

static struct trace_record *record(const char *scenario, const char *name, size_t *count)
{
    struct cb_error error;
    const char *path = scratch_path(name);
    struct recording_request request = request_for(scenario, path);
    struct recording_result result;
    if (!record_run(&request, &result, &error))
        fail_msg("%s", error.sentence);
    struct trace_reader *reader = trace_open(path, &error);
    assert_non_null(reader);
    struct trace_record *records = read_all(reader, count);
    assert_int_equal(*count, result.records);
    trace_close(reader);
    for (size_t i = 0; i < *count; i++)
        if (records[i].kind <= TRACE_STORE)
            check_translation(&records[i]);
    return records;
}

static void gives(const char *scenario, const char *expected)
{
    size_t count, size;
    char *text = NULL;
    struct trace_record *records = record(scenario, "exact.xbt", &count);
    FILE *stream = open_memstream(&text, &size);
    for (size_t i = 0; i < count; i++)
        show(stream, &records[i]);
    fclose(stream);
    assert_string_equal(text, expected);
    free(text);
    free(records);
}

/* ---- scenarios ---- */

/* What an iret to the user reads: its frame, and the descriptors of cs and ss. */
#define FRAME_AND_DESCRIPTORS                                                            \
    "k load stack_top-20 4\nk load stack_top-16 4\nk load stack_top-12 4\n"              \
    "k load gdt+24 4\nk load gdt+28 4\n"                                                 \
    "k load stack_top-8 4\nk load stack_top-4 4\n"                                       \
    "k load gdt+32 4\nk load gdt+36 4\n"                                                 \
    "u out iret user\n"
#define START                                                                            \
    "k space none low:directory 0\nk table 300 low:high_table\n"                         \
    "k fetch leave 1\n" FRAME_AND_DESCRIPTORS "u table 0 low:low_table\n"

/* One instruction in, the same out. */
static void a_call(void **state)
{
    (void)state;
    gives("c", START "u fetch low:user_null 2\n"
                     "k in call 30 stack_top 20\n"
                     "k fetch enter_null 1\n" FRAME_AND_DESCRIPTORS
                     "u fetch low:user_null+2 2\n");
}

/* The fault in the kernel pushes flags, cs, eip and an error code, 16 bytes, below the 24
 * bytes that are on the stack then; the load that faults is fetched once and skipped. */
static void a_fault_in_the_kernel(void **state)
{
    (void)state;
    gives("n", START "u fetch low:user_nested 2\n"
                     "k in call 32 stack_top 20\n"
                     "k fetch enter_nested 1\n"
                     "k store stack_top-24 4\n"
                     "k fetch faulting 6\n"
                     "k in fault e stack_top-24 16\n"
                     "k fetch enter_fault 1\n"
                     "k store stack_top-44 4\n"
                     "k fetch enter_fault+1 5\n"
                     "k load stack_top-36 4\n"
                     "k store stack_top-36 4\n"
                     "k fetch enter_fault+6 1\n"
                     "k load stack_top-44 4\n"
                     "k fetch enter_fault+7 3\n"
                     "k fetch enter_fault+10 1\n"
                     "k load stack_top-36 4\n"
                     "k load stack_top-32 4\n"
                     "k load stack_top-28 4\n"
                     "k load gdt+8 4\n"
                     "k load gdt+12 4\n"
                     "k out iret kernel\n"
                     "k fetch faulting+6 1\n"
                     "k load stack_top-24 4\n"
                     "k fetch faulting+7 1\n" FRAME_AND_DESCRIPTORS
                     "u fetch low:user_nested+2 2\n");
}

/* The iret is done, the user's first fetch faults: out, and in again from the user. */
static void a_fault_of_the_first_fetch(void **state)
{
    (void)state;
    gives("a", START
          "u fetch low:user_astray 2\n"
          "k in call 39 stack_top 20\n"
          "k fetch enter_astray 7\n"
          "k store stack_top-20 4\n"
          "k fetch enter_astray+7 1\n" FRAME_AND_DESCRIPTORS "k in fault e stack_top 24\n"
          "k fetch enter_fault 1\n"
          "k store stack_top-28 4\n"
          "k fetch enter_fault+1 5\n"
          "k load stack_top-20 4\n"
          "k store stack_top-20 4\n"
          "k fetch enter_fault+6 1\n"
          "k load stack_top-28 4\n"
          "k fetch enter_fault+7 3\n"
          "k fetch enter_fault+10 1\n" FRAME_AND_DESCRIPTORS "u table 1 low:first_table\n"
          "u fetch 0x402000 2\n");
}

/* The iret itself faults: nothing has been left, and the kernel is entered from itself.
 * The selector lies outside the GDT, so no descriptor is read. */
static void a_fault_of_the_return(void **state)
{
    (void)state;
    gives("b", START "u fetch low:user_bad_return 2\n"
                     "k in call 3a stack_top 20\n"
                     "k fetch enter_bad_return 8\n"
                     "k store stack_top-16 4\n"
                     "k fetch bad_return 1\n"
                     "k load stack_top-20 4\n"
                     "k load stack_top-16 4\n"
                     "k load stack_top-12 4\n"
                     "k in fault d stack_top-20 16\n"
                     "k fetch enter_protection 1\n"
                     "k store stack_top-40 4\n"
                     "k fetch enter_protection+1 8\n"
                     "k store stack_top-16 4\n"
                     "k fetch enter_protection+9 1\n"
                     "k load stack_top-40 4\n"
                     "k fetch enter_protection+10 3\n"
                     "k fetch enter_protection+13 1\n"
                     "k load stack_top-32 4\n"
                     "k load stack_top-28 4\n"
                     "k load stack_top-24 4\n"
                     "k load gdt+8 4\n"
                     "k load gdt+12 4\n"
                     "k out iret kernel\n"
                     "k fetch bad_return 1\n" FRAME_AND_DESCRIPTORS
                     "u fetch low:user_bad_return+2 2\n");
}

static void a_fast_call(void **state)
{
    (void)state;
    gives("s", START "u fetch low:user_fast 2\n"
                     "u fetch low:user_fast+2 5\n"
                     "u fetch low:user_fast+7 2\n"
                     "k in call 80 - 0\n"
                     "k fetch enter_fast 1\n"
                     "k store stack_top-4 4\n"
                     "k fetch enter_fast+1 1\n"
                     "k load stack_top-4 4\n"
                     "k fetch enter_fast+2 2\n"
                     "u out sysexit user\n"
                     "u fetch low:fast_back 2\n");
}

/* Accesses and an instruction that cross a page are two; rep stosl with two turns is
 * fetched three times; of a 4 MB page the page is told, for want of a table. `edge` is a
 * page's begin, and 4094 bytes from `stack_top`, where the page before begins. */
static void pages(void **state)
{
    (void)state;
    gives("p", START "u fetch low:user_pages 5\n"
                     "u load low:stack_top+4094 2\n"
                     "u load low:edge 2\n"
                     "u fetch low:user_pages+5 5\n"
                     "u store low:stack_top+4095 1\n"
                     "u store low:edge 3\n"
                     "u fetch low:user_pages+10 5\n"
                     "u fetch low:user_pages+15 5\n"
                     "u fetch low:user_pages+20 2\n"
                     "u store low:edge 4\n"
                     "u fetch low:user_pages+20 2\n"
                     "u store low:edge+4 4\n"
                     "u fetch low:user_pages+20 2\n"
                     "u fetch low:user_pages+22 5\n"
                     "u large page 2 0x800000\n"
                     "u load 0x800010 4\n"
                     "u fetch low:user_pages+27 5\n"
                     "u fetch low:split 2\n"
                     "u fetch low:split+2 3\n"
                     "u fetch low:split_after 2\n");
}

/* A directory entry is told again when it has changed and is used. */
static void a_changed_directory(void **state)
{
    (void)state;
    gives("d", START "u fetch low:user_directory 5\n"
                     "u table 1 low:first_table\n"
                     "u load 0x400000 4\n"
                     "u fetch low:user_directory+5 2\n"
                     "k in call 34 stack_top 20\n"
                     "k fetch enter_directory 11\n"
                     "k store directory+4 4\n"
                     "k fetch enter_directory+11 3\n"
                     "k fetch enter_directory+14 3\n"
                     "k space cr3 low:directory 0\n"
                     "k fetch enter_directory+17 1\n" FRAME_AND_DESCRIPTORS
                     "u fetch low:user_directory+7 5\n"
                     "u table 1 low:second_table\n"
                     "u load 0x400000 4\n"
                     "u fetch low:user_directory+12 2\n");
}

/* Stores to the window are events, and neither fetches nor stores; what stands between
 * them is recorded. */
static void the_window(void **state)
{
    (void)state;
    gives("w", "k space none low:directory 0\nk table 300 low:high_table\n"
               "k fetch leave 1\n" FRAME_AND_DESCRIPTORS "u phase 1\n"
               "u table 0 low:low_table\n"
               "u fetch low:user_window+30 1\n"
               "u begin 9\n"
               "u end 9\n"
               "u fetch low:user_window+51 2\n");
}

/* A whole kernel entry within a region of role instrument leaves nothing. */
static void a_silent_region(void **state)
{
    (void)state;
    gives("i", START "u fetch low:user_silent 2\n"
                     "u fetch low:user_silent+2 2\n");
}

/* ---- interrupts ---- */

/* Three ticks; what the processor does by itself never shows, whatever QEMU reports: the
 * record before the entry's first fetch is the crossing, and nobody reads the IDT. */
static void interrupts(const char *scenario, bool from_user, uint64_t stack, uint8_t size)
{
    size_t count, ticks = 0;
    uint64_t idt = place("idt");
    struct trace_record *records = record(scenario, "ticks.xbt", &count);
    for (size_t i = 0; i < count; i++) {
        const struct trace_record *at = &records[i];
        if (at->kind <= TRACE_STORE)
            assert_false(at->vaddr >= idt && at->vaddr < idt + 2048);
        if (at->kind != TRACE_CROSSING_IN || at->detail != TRACE_CAUSE_INTERRUPT)
            continue;
        ticks++;
        assert_int_equal(at->a, 0x20);
        assert_int_equal(at->b, stack);
        assert_int_equal(at->size, size);
        assert_int_equal(at[-1].user, from_user);
        assert_int_equal(at[1].kind, TRACE_FETCH);
        assert_int_equal(at[2].kind, TRACE_STORE); /* pushl %eax */
        assert_int_equal(at[2].vaddr, stack - size - 4);
    }
    assert_int_equal(ticks, 3);
    free(records);
}

/* From the user: five words from the top of the kernel's stack. */
static void interrupts_of_the_user(void **state)
{
    (void)state;
    interrupts("t", true, place("stack_top"), 20);
}

/* From the kernel: three words below the five of the call and the register pushed. */
static void interrupts_of_the_kernel(void **state)
{
    (void)state;
    interrupts("T", false, place("stack_top") - 24, 12);
}

static void interrupts_of_sleep(void **state)
{
    (void)state;
    interrupts("H", false, place("stack_top") - 24, 12);
}

/* An interrupt that waits for the iret to the user is taken before the user's first
 * instruction: out, and in again from the user. */
static void an_interrupt_right_after_the_return(void **state)
{
    (void)state;
    gives("P", START "u fetch low:user_pending 2\n"
                     "k in call 3c stack_top 20\n"
                     "k fetch enter_pending 2\n"
                     "k fetch pending_back 1\n" FRAME_AND_DESCRIPTORS
                     "k in interrupt 20 stack_top 20\n"
                     "k fetch enter_timer 1\n"
                     "k store stack_top-24 4\n"
                     "k fetch enter_timer+1 7\n"
                     "k load ticks 4\n"
                     "k store ticks 4\n"
                     "k fetch enter_timer+8 2\n"
                     "k fetch enter_timer+10 2\n"
                     "k fetch enter_timer+12 1\n"
                     "k load stack_top-24 4\n"
                     "k fetch enter_timer+13 1\n" FRAME_AND_DESCRIPTORS
                     "u fetch low:user_pending+2 2\n");
}

static void same_bytes(const char *scenario)
{
    size_t count, first_size, second_size;
    free(record(scenario, "first.xbt", &count));
    free(record(scenario, "second.xbt", &count));
    uint8_t *first = slurp(scratch_path("first.xbt"), &first_size);
    uint8_t *second = slurp(scratch_path("second.xbt"), &second_size);
    assert_int_equal(first_size, second_size);
    assert_memory_equal(first, second, first_size);
    free(first);
    free(second);
}

static void is_the_same_every_time(void **state)
{
    (void)state;
    same_bytes("n");
    same_bytes("t"); /* with a timer, too */
    same_bytes("H");
}

/* ---- failures ---- */

static void fails(const char *scenario, const char *sentence)
{
    struct cb_error error;
    const char *path = scratch_path("failed.xbt");
    struct recording_request request = request_for(scenario, path);
    assert_false(record_run(&request, NULL, &error));
    assert_string_equal(error.sentence, sentence);
    assert_int_equal(error.code, CB_IO);
    FILE *left = fopen(path, "rb");
    assert_null(left);
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    char sentence[200];
    fails("e", "the guest ended without starting the recording");
    fails("2", "the guest starts the recording a second time");
    fails("E", "the guest commits event 99, which does not exist");
    fails("B", "a store of 1 bytes to the event window: expected a 32-bit word");
    fails("C", "an instruction that stores to the event window touches other memory as "
               "well: expected a plain store");
    /* The window's first word still is the CR3 value that the start gave. */
    snprintf(sentence, sizeof sentence,
             "the kernel declares domain %u of kind 1 from 0x0 to 0xc0000000",
             (uint32_t)place("directory") - BASE);
    fails("D", sentence);
    fails("S", "the guest ended with status 39, expected 33");
    snprintf(sentence, sizeof sentence,
             "0x%x was accessed after a load of CR3 that no note of the kernel tells: "
             "expected a space switch at the very next instruction",
             (uint32_t)place("enter_lost_space") + 6);
    fails("L", sentence);
    snprintf(sentence, sizeof sentence,
             "the note at 0x%x has an operand that is not mapped",
             (uint32_t)place("enter_operand"));
    fails("O", sentence);
    fails("x", "the guest reset the machine, as a triple fault does");
}

int main(void)
{
    read_names();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call),
        cmocka_unit_test(a_fault_in_the_kernel),
        cmocka_unit_test(a_fault_of_the_first_fetch),
        cmocka_unit_test(a_fault_of_the_return),
        cmocka_unit_test(a_fast_call),
        cmocka_unit_test(pages),
        cmocka_unit_test(a_changed_directory),
        cmocka_unit_test(the_window),
        cmocka_unit_test(a_silent_region),
        cmocka_unit_test(interrupts_of_the_user),
        cmocka_unit_test(interrupts_of_the_kernel),
        cmocka_unit_test(interrupts_of_sleep),
        cmocka_unit_test(an_interrupt_right_after_the_return),
        cmocka_unit_test(is_the_same_every_time),
        cmocka_unit_test(says_what_is_wrong),
    };
    int status = cmocka_run_group_tests(tests, NULL, NULL);
    free(names.file);
    return status;
}
