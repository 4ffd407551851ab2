/* The Pentium's pairing rules, two instructions at a time. */
#include "../test.h"
#include "model/instruction.h"

static bool pair(const char *first, const char *second)
{
    /* Hexadecimal bytes, as a disassembly shows them. */
    struct instruction decoded[2];
    const char *texts[] = {first, second};
    for (size_t i = 0; i < 2; i++) {
        uint8_t bytes[15];
        size_t length = 0;
        unsigned byte;
        int used;
        for (const char *at = texts[i]; sscanf(at, "%x%n", &byte, &used) == 1; at += used)
            bytes[length++] = (uint8_t)byte;
        decoded[i] = instruction_decode(bytes, length);
        assert_int_equal(decoded[i].length, length);
    }
    return instructions_pair(&decoded[0], &decoded[1]);
}

static void simple_instructions_pair(void **state)
{
    (void)state;
    assert_true(pair("89 d8", "89 d1"));    /* mov eax, ebx; mov ecx, edx */
    assert_true(pair("8b 03", "01 d1"));    /* mov eax, [ebx]; add ecx, edx */
    assert_true(pair("89 03", "8d 4e 04")); /* mov [ebx], eax; lea ecx, [esi+4] */
    assert_true(pair("90", "90"));          /* nop; nop */
}

static void dependent_instructions_do_not(void **state)
{
    (void)state;
    assert_false(
        pair("89 d8", "01 c1")); /* mov eax, ebx; add ecx, eax: read after write */
    assert_false(pair("89 d8", "8b 00")); /* mov eax, ebx; mov eax, [eax] */
    assert_false(
        pair("89 d8", "89 d0")); /* mov eax, ebx; mov eax, edx: write after write */
    assert_true(
        pair("89 d8", "89 d3")); /* mov eax, ebx; mov ebx, edx: write after read */
    assert_false(pair("88 d8", "88 cc")); /* mov al, bl; mov ah, cl: parts of eax */
    assert_false(pair("88 d8", "88 e1")); /* mov al, bl; mov cl, ah */
}

static void flags_are_no_dependence(void **state)
{
    (void)state;
    assert_true(pair("39 d8", "74 02"));             /* cmp eax, ebx; jz */
    assert_true(pair("39 d8", "0f 84 00 01 00 00")); /* cmp eax, ebx; jz near */
    assert_true(pair("01 d8", "01 d1"));             /* add eax, ebx; add ecx, edx */
}

static void pushes_and_pops_pair_with_each_other(void **state)
{
    (void)state;
    assert_true(pair("50", "53"));             /* push eax; push ebx */
    assert_true(pair("58", "5b"));             /* pop eax; pop ebx */
    assert_true(pair("50", "e8 00 00 00 00")); /* push eax; call */
    assert_false(pair("58", "50"));            /* pop eax; push eax */
    assert_false(pair("83 ec 08", "50"));      /* sub esp, 8; push eax */
    assert_false(pair("50", "8b 44 24 08"));   /* push eax; mov eax, [esp+8] */
    assert_false(pair("50", "54"));            /* push eax; push esp */
}

static void each_pipe_takes_its_own(void **state)
{
    (void)state;
    assert_true(pair("11 d8", "89 d1"));     /* adc eax, ebx; mov ecx, edx: adc in U */
    assert_false(pair("89 d1", "11 d8"));    /* mov; adc: not in V */
    assert_true(pair("c1 e0 04", "89 d1"));  /* shl eax, 4; mov ecx, edx */
    assert_false(pair("89 d1", "c1 e0 04")); /* mov; shl */
    assert_true(pair("d1 c0", "89 d1"));     /* rol eax, 1; mov ecx, edx */
    assert_false(pair("c1 c0 04", "89 d1")); /* rol eax, 4: in neither */
    assert_false(pair("d3 e0", "89 d6"));    /* shl eax, cl: in neither */
    assert_false(pair("74 02", "89 d1"));    /* jz; mov: jz not in U */
    assert_true(pair("89 d1", "eb 02"));     /* mov; jmp */
    assert_false(pair("89 d1", "ff e0"));    /* mov; jmp eax: not indirect */
    assert_false(pair("89 d1", "e3 02"));    /* mov; jecxz */
    assert_false(pair("89 d1", "c3"));       /* mov; ret */
    assert_false(pair("f7 d8", "89 d1"));    /* neg eax */
    assert_false(pair("0f b6 c3", "89 d1")); /* movzx */
    assert_false(pair("8e d8", "89 d1"));    /* mov ds, eax */
    assert_false(pair("89 d1", "cd 30"));    /* mov; int */
    assert_true(pair("a8 01", "89 d1"));     /* test al, 1 */
    assert_false(pair("f6 c3 01", "89 d1")); /* test bl, 1 */
    assert_true(pair("66 89 d8", "89 d1"));  /* mov ax, bx: prefixed, in U */
    assert_false(pair("89 d1", "66 89 d8")); /* ... not in V */
}

/* mov dword [ebx+4], 1 holds a displacement and an immediate; without one of them it
 * pairs. */
static void displacement_and_immediate_do_not_pair(void **state)
{
    (void)state;
    assert_false(pair("c7 43 04 01 00 00 00", "89 d1"));
    assert_false(pair("89 d1", "c7 43 04 01 00 00 00"));
    assert_true(pair("c7 03 01 00 00 00", "89 d1"));
    assert_true(pair("89 43 04", "89 d1"));
}

/* Costs of the Pentium: 1 plain, 2 with a read, 3 with a read and a write. */
static void a_pair_costs_the_longer(void **state)
{
    (void)state;
    int64_t costs[INSTRUCTION_CLASSES] = {[INSTRUCTION_MOV_RR] = 1000,
                                          [INSTRUCTION_ALU_RM] = 2000,
                                          [INSTRUCTION_ALU_MR] = 3000};
    static const uint8_t mov_bytes[] = {0x89, 0xd8}, read_bytes[] = {0x03, 0x0e},
                         write_bytes[] = {0x01, 0x17};
    struct instruction mov = instruction_decode(mov_bytes, 2);      /* mov eax, ebx */
    struct instruction reads = instruction_decode(read_bytes, 2);   /* add ecx, [esi] */
    struct instruction writes = instruction_decode(write_bytes, 2); /* add [edi], edx */
    assert_int_equal(instruction_second_cost(costs, &mov, &mov), 0);
    assert_int_equal(instruction_second_cost(costs, &mov, &reads), 1000);
    assert_int_equal(instruction_second_cost(costs, &mov, &writes), 2000);
    assert_int_equal(instruction_second_cost(costs, &reads, &mov), 0);
    assert_int_equal(instruction_second_cost(costs, &reads, &reads), 0);
    assert_int_equal(instruction_second_cost(costs, &reads, &writes), 1000);
    assert_int_equal(instruction_second_cost(costs, &writes, &mov), 0);
    assert_true(instructions_pair(&writes, &mov));
    assert_false(instructions_pair(&writes, &reads));
    assert_false(instructions_pair(&writes, &writes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simple_instructions_pair),
        cmocka_unit_test(dependent_instructions_do_not),
        cmocka_unit_test(flags_are_no_dependence),
        cmocka_unit_test(pushes_and_pops_pair_with_each_other),
        cmocka_unit_test(each_pipe_takes_its_own),
        cmocka_unit_test(displacement_and_immediate_do_not_pair),
        cmocka_unit_test(a_pair_costs_the_longer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
