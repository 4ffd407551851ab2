/* Classes of instructions, from bytes assembled by hand after Intel's opcode map. */
#include "../test.h"
#include "model/instruction.h"

struct example {
    const char *text;
    uint8_t length;
    uint8_t bytes[15];
    enum instruction_class class;
};

static struct instruction decode(const struct example *example)
{
    return instruction_decode(example->bytes, example->length);
}

static void check_classes(const struct example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct instruction found = decode(&examples[i]);
        if (found.class != examples[i].class || found.length != examples[i].length)
            fail_msg("%s is %s of %u bytes, not %s", examples[i].text,
                     instruction_class_name((enum instruction_class)found.class),
                     found.length, instruction_class_name(examples[i].class));
    }
}

#define CHECK(examples) check_classes(examples, sizeof(examples) / sizeof(examples)[0])

static void tells_moves_apart(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"mov eax, ebx", 2, {0x89, 0xd8}, INSTRUCTION_MOV_RR},
        {"mov eax, 5", 5, {0xb8, 5, 0, 0, 0}, INSTRUCTION_MOV_RR},
        {"mov eax, [ebx]", 2, {0x8b, 0x03}, INSTRUCTION_MOV_RM},
        {"mov eax, [0x1000]", 5, {0xa1, 0, 0x10, 0, 0}, INSTRUCTION_MOV_RM},
        {"mov [ebx], eax", 2, {0x89, 0x03}, INSTRUCTION_MOV_MR},
        {"mov dword [ebx], 1", 6, {0xc7, 0x03, 1, 0, 0, 0}, INSTRUCTION_MOV_MR},
        {"movzx eax, bl", 3, {0x0f, 0xb6, 0xc3}, INSTRUCTION_MOVX_RR},
        {"movsx eax, word [ebx]", 3, {0x0f, 0xbf, 0x03}, INSTRUCTION_MOVX_RM},
        {"lea eax, [ebx+4]", 3, {0x8d, 0x43, 4}, INSTRUCTION_LEA},
        {"xchg eax, ecx", 1, {0x91}, INSTRUCTION_XCHG_RR},
        {"xchg [ebx], eax", 2, {0x87, 0x03}, INSTRUCTION_XCHG_MR},
        {"cmovz eax, ebx", 3, {0x0f, 0x44, 0xc3}, INSTRUCTION_CMOV},
        {"setnz al", 3, {0x0f, 0x95, 0xc0}, INSTRUCTION_SETCC},
        {"nop", 1, {0x90}, INSTRUCTION_NOP},
    };
    CHECK(examples);
}

static void tells_arithmetic_apart(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"add eax, ebx", 2, {0x01, 0xd8}, INSTRUCTION_ALU_RR},
        {"add eax, [ebx]", 2, {0x03, 0x03}, INSTRUCTION_ALU_RM},
        {"add [ebx], eax", 2, {0x01, 0x03}, INSTRUCTION_ALU_MR},
        {"inc dword [ebx]", 2, {0xff, 0x03}, INSTRUCTION_ALU_MR},
        {"cmp [ebx], eax", 2, {0x39, 0x03}, INSTRUCTION_ALU_RM},
        {"cmp eax, [ebx]", 2, {0x3b, 0x03}, INSTRUCTION_ALU_RM},
        {"test eax, eax", 2, {0x85, 0xc0}, INSTRUCTION_ALU_RR},
        {"adc eax, ebx", 2, {0x11, 0xd8}, INSTRUCTION_ADC_RR},
        {"sbb eax, [ebx]", 2, {0x1b, 0x03}, INSTRUCTION_ADC_RM},
        {"adc [ebx], eax", 2, {0x11, 0x03}, INSTRUCTION_ADC_MR},
        {"shl eax, 1", 2, {0xd1, 0xe0}, INSTRUCTION_SHIFT_R},
        {"shl eax, 4", 3, {0xc1, 0xe0, 4}, INSTRUCTION_SHIFT_R},
        {"shr eax, cl", 2, {0xd3, 0xe8}, INSTRUCTION_SHIFT_R_CL},
        {"sar dword [ebx], 1", 2, {0xd1, 0x3b}, INSTRUCTION_SHIFT_M},
        {"rol dword [ebx], cl", 2, {0xd3, 0x03}, INSTRUCTION_SHIFT_M_CL},
        {"shld eax, ebx, 3", 4, {0x0f, 0xa4, 0xd8, 3}, INSTRUCTION_SHIFT_DOUBLE},
        {"mul ebx", 2, {0xf7, 0xe3}, INSTRUCTION_MUL},
        {"imul eax, ebx", 3, {0x0f, 0xaf, 0xc3}, INSTRUCTION_MUL},
        {"div ebx", 2, {0xf7, 0xf3}, INSTRUCTION_DIV},
        {"idiv ebx", 2, {0xf7, 0xfb}, INSTRUCTION_IDIV},
        {"bt eax, 3", 4, {0x0f, 0xba, 0xe0, 3}, INSTRUCTION_BIT_TEST},
        {"bts eax, 3", 4, {0x0f, 0xba, 0xe8, 3}, INSTRUCTION_BIT_CHANGE},
        {"bsf eax, ebx", 3, {0x0f, 0xbc, 0xc3}, INSTRUCTION_BIT_SCAN},
        {"bswap eax", 2, {0x0f, 0xc8}, INSTRUCTION_BSWAP},
        {"cdq", 1, {0x99}, INSTRUCTION_CONVERT},
        {"cld", 1, {0xfc}, INSTRUCTION_SET_FLAG},
        {"lock add [ebx], eax", 3, {0xf0, 0x01, 0x03}, INSTRUCTION_LOCKED},
        {"cmpxchg [ebx], ecx", 3, {0x0f, 0xb1, 0x0b}, INSTRUCTION_LOCKED},
    };
    CHECK(examples);
}

static void tells_stack_and_system_apart(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"push eax", 1, {0x50}, INSTRUCTION_PUSH_R},
        {"push 5", 2, {0x6a, 5}, INSTRUCTION_PUSH_I},
        {"push dword [ebx]", 2, {0xff, 0x33}, INSTRUCTION_PUSH_M},
        {"push ds", 1, {0x1e}, INSTRUCTION_PUSH_SREG},
        {"push fs", 2, {0x0f, 0xa0}, INSTRUCTION_PUSH_SREG},
        {"pop eax", 1, {0x58}, INSTRUCTION_POP_R},
        {"pop dword [ebx]", 2, {0x8f, 0x03}, INSTRUCTION_POP_M},
        {"pop es", 1, {0x07}, INSTRUCTION_POP_SREG},
        {"pusha", 1, {0x60}, INSTRUCTION_PUSHA},
        {"popa", 1, {0x61}, INSTRUCTION_POPA},
        {"pushf", 1, {0x9c}, INSTRUCTION_PUSHF},
        {"popf", 1, {0x9d}, INSTRUCTION_POPF},
        {"enter 8, 0", 4, {0xc8, 8, 0, 0}, INSTRUCTION_ENTER},
        {"leave", 1, {0xc9}, INSTRUCTION_LEAVE},
        {"mov ds, eax", 2, {0x8e, 0xd8}, INSTRUCTION_MOV_SREG_R},
        {"mov ds, [ebx]", 2, {0x8e, 0x1b}, INSTRUCTION_MOV_SREG_M},
        {"mov eax, ds", 2, {0x8c, 0xd8}, INSTRUCTION_MOV_R_SREG},
        {"les eax, [ebx]", 2, {0xc4, 0x03}, INSTRUCTION_LOAD_FAR},
        {"mov cr3, eax", 3, {0x0f, 0x22, 0xd8}, INSTRUCTION_MOV_CR3},
        {"mov cr0, eax", 3, {0x0f, 0x22, 0xc0}, INSTRUCTION_MOV_CR0},
        {"mov eax, cr2", 3, {0x0f, 0x20, 0xd0}, INSTRUCTION_MOV_R_CR},
        {"lgdt [ebx]", 3, {0x0f, 0x01, 0x13}, INSTRUCTION_LGDT},
        {"lidt [ebx]", 3, {0x0f, 0x01, 0x1b}, INSTRUCTION_LGDT},
        {"lldt ax", 3, {0x0f, 0x00, 0xd0}, INSTRUCTION_LLDT},
        {"ltr ax", 3, {0x0f, 0x00, 0xd8}, INSTRUCTION_LTR},
        {"invlpg [ebx]", 3, {0x0f, 0x01, 0x3b}, INSTRUCTION_INVLPG},
        {"clts", 2, {0x0f, 0x06}, INSTRUCTION_CLTS},
        {"cli", 1, {0xfa}, INSTRUCTION_CLI},
        {"sti", 1, {0xfb}, INSTRUCTION_STI},
        {"hlt", 1, {0xf4}, INSTRUCTION_HLT},
        {"in al, dx", 1, {0xec}, INSTRUCTION_IN},
        {"out 0xf4, al", 2, {0xe6, 0xf4}, INSTRUCTION_OUT},
        {"cpuid", 2, {0x0f, 0xa2}, INSTRUCTION_CPUID},
        {"rdtsc", 2, {0x0f, 0x31}, INSTRUCTION_RDTSC},
        {"wrmsr", 2, {0x0f, 0x30}, INSTRUCTION_MSR},
        {"fld1", 2, {0xd9, 0xe8}, INSTRUCTION_FPU},
        {"movsd xmm0, [ebx]", 4, {0xf2, 0x0f, 0x10, 0x03}, INSTRUCTION_FPU},
        {"xlat", 1, {0xd7}, INSTRUCTION_OTHER},
    };
    CHECK(examples);
}

static void tells_jumps_apart(void **state)
{
    (void)state;
    static const struct example examples[] = {
        {"jz +2", 2, {0x74, 2}, INSTRUCTION_JCC},
        {"jz +256", 6, {0x0f, 0x84, 0, 1, 0, 0}, INSTRUCTION_JCC},
        {"jecxz +2", 2, {0xe3, 2}, INSTRUCTION_JCC},
        {"loop -2", 2, {0xe2, 0xfe}, INSTRUCTION_LOOP},
        {"jmp +2", 2, {0xeb, 2}, INSTRUCTION_JMP},
        {"jmp eax", 2, {0xff, 0xe0}, INSTRUCTION_JMP_RM},
        {"jmp [eax]", 2, {0xff, 0x20}, INSTRUCTION_JMP_RM},
        {"jmp 8:0", 7, {0xea, 0, 0, 0, 0, 8, 0}, INSTRUCTION_JMP_FAR},
        {"jmp far [eax]", 2, {0xff, 0x28}, INSTRUCTION_JMP_FAR},
        {"call +0", 5, {0xe8, 0, 0, 0, 0}, INSTRUCTION_CALL},
        {"call [eax]", 2, {0xff, 0x10}, INSTRUCTION_CALL_RM},
        {"call 8:0", 7, {0x9a, 0, 0, 0, 0, 8, 0}, INSTRUCTION_CALL_FAR},
        {"ret", 1, {0xc3}, INSTRUCTION_RET},
        {"ret 8", 3, {0xc2, 8, 0}, INSTRUCTION_RET},
        {"retf", 1, {0xcb}, INSTRUCTION_RET_FAR},
        {"int 0x30", 2, {0xcd, 0x30}, INSTRUCTION_INT_SAME},
        {"int3", 1, {0xcc}, INSTRUCTION_INT_SAME},
        {"iretd", 1, {0xcf}, INSTRUCTION_IRET_SAME},
        {"sysenter", 2, {0x0f, 0x34}, INSTRUCTION_SYSENTER},
        {"sysexit", 2, {0x0f, 0x35}, INSTRUCTION_SYSEXIT},
    };
    CHECK(examples);
    for (size_t i = 0; i < 15; i++)
        assert_true(decode(&examples[i]).branches);
    for (size_t i = 15; i < 20; i++)
        assert_false(decode(&examples[i]).branches);
}

/* What only the caller sees: taken or not, another privilege level or not. */
static void names_the_other_outcomes(void **state)
{
    (void)state;
    static const uint8_t jz[] = {0x74, 2}, loop[] = {0xe2, 0xfe}, trap[] = {0xcd, 0x30},
                         iret[] = {0xcf}, far_call[] = {0x9a, 0, 0, 0, 0, 8, 0},
                         far_ret[] = {0xcb}, sysenter[] = {0x0f, 0x34},
                         sysexit[] = {0x0f, 0x35}, jmp[] = {0xeb, 2};
    assert_int_equal(instruction_decode(jz, 2).taken, INSTRUCTION_JCC_TAKEN);
    assert_int_equal(instruction_decode(loop, 2).taken, INSTRUCTION_LOOP_TAKEN);
    assert_int_equal(instruction_decode(jmp, 2).taken, INSTRUCTION_JMP);
    assert_int_equal(instruction_decode(trap, 2).crossing, INSTRUCTION_INT);
    assert_int_equal(instruction_decode(iret, 1).crossing, INSTRUCTION_IRET);
    assert_int_equal(instruction_decode(far_call, 7).crossing, INSTRUCTION_CALL_GATE);
    assert_int_equal(instruction_decode(far_ret, 1).crossing, INSTRUCTION_RET_GATE);
    assert_int_equal(instruction_decode(sysenter, 2).crossing, INSTRUCTION_SYSENTER);
    assert_true(instruction_decode(trap, 2).traps);
    assert_true(instruction_decode(sysenter, 2).traps);
    assert_false(instruction_decode(iret, 1).traps);
    assert_true(instruction_decode(iret, 1).returns);
    assert_true(instruction_decode(sysexit, 2).returns);
    assert_false(instruction_decode(trap, 2).returns);
}

static void tells_string_instructions_apart(void **state)
{
    (void)state;
    static const struct {
        uint8_t opcode, prefix;
        enum instruction_class plain;
    } strings[] = {{0xa5, 0xf3, INSTRUCTION_MOVS},
                   {0xab, 0xf3, INSTRUCTION_STOS},
                   {0xad, 0xf3, INSTRUCTION_LODS},
                   {0xa7, 0xf3, INSTRUCTION_CMPS},
                   {0xae, 0xf2, INSTRUCTION_SCAS}};
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
        const uint8_t rep[] = {strings[i].prefix, strings[i].opcode};
        struct instruction alone = instruction_decode(rep + 1, 1);
        assert_int_equal(alone.class, strings[i].plain);
        assert_int_equal(alone.again, strings[i].plain);
        assert_false(alone.repeats);
        struct instruction repeated = instruction_decode(rep, 2);
        assert_int_equal(repeated.class, strings[i].plain + 1);
        assert_int_equal(repeated.again, strings[i].plain + 2);
        assert_true(repeated.repeats);
    }
}

static void bytes_that_are_none_are_unknown(void **state)
{
    (void)state;
    static const uint8_t invalid[] = {0x0f, 0x0b, 0xff, 0xff}, cut[] = {0xe8, 0, 0};
    static const uint8_t prefixes[20] = {0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
                                         0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
                                         0x66, 0x66, 0x66, 0x66, 0x66, 0x90};
    assert_int_equal(instruction_decode(NULL, 0).class, INSTRUCTION_UNKNOWN);
    assert_int_equal(instruction_decode(cut, 3).class, INSTRUCTION_UNKNOWN);
    assert_int_equal(instruction_decode(cut, 3).length, 0);
    assert_int_equal(instruction_decode(invalid + 2, 2).class, INSTRUCTION_UNKNOWN);
    assert_int_equal(instruction_decode(prefixes, 20).class, INSTRUCTION_UNKNOWN);
    /* ud2 is an instruction. */
    assert_int_equal(instruction_decode(invalid, 2).class, INSTRUCTION_OTHER);
}

static void names_lead_back_to_classes(void **state)
{
    (void)state;
    for (unsigned i = 0; i < INSTRUCTION_CLASSES; i++) {
        enum instruction_class class = (enum instruction_class)i;
        assert_int_equal(instruction_class_named(instruction_class_name(class)), class);
    }
    assert_string_equal(instruction_class_name(INSTRUCTION_MOV_CR3), "mov_cr3");
    assert_int_equal(instruction_class_named("mov_cr9"), INSTRUCTION_CLASSES);
}

/* The manual of machine files lists every class. */
static void the_manual_names_every_class(void **state)
{
    (void)state;
    static char manual[1 << 16];
    FILE *file = fopen("model/README.md", "r");
    assert_non_null(file);
    size_t length = fread(manual, 1, sizeof manual - 1, file);
    fclose(file);
    assert_in_range(length, 1, sizeof manual - 2);
    for (unsigned i = 0; i < INSTRUCTION_CLASSES; i++) {
        char quoted[40];
        const char *name = instruction_class_name((enum instruction_class)i);
        snprintf(quoted, sizeof quoted, "`%s`", name);
        if (strstr(manual, quoted) == NULL)
            fail_msg("model/README.md does not name %s", name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_moves_apart),
        cmocka_unit_test(tells_arithmetic_apart),
        cmocka_unit_test(tells_stack_and_system_apart),
        cmocka_unit_test(tells_jumps_apart),
        cmocka_unit_test(names_the_other_outcomes),
        cmocka_unit_test(tells_string_instructions_apart),
        cmocka_unit_test(bytes_that_are_none_are_unknown),
        cmocka_unit_test(names_lead_back_to_classes),
        cmocka_unit_test(the_manual_names_every_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
