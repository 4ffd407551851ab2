/* From instruction bytes to a class, by Zydis' mnemonic and operands.
 *
 * What is not told apart, because no figure of ours tells it apart: operand sizes and
 * prefixes, the value of a shift count or a divisor, the number of bytes that enter
 * reserves, and rotates through carry, which count as shifts.
 */
#include "instruction.h"

#include <Zydis/Zydis.h>

/* How the class follows from the operands. */
enum family {
    FAMILY_OTHER, /* 0: mnemonics that the table leaves out */
    FAMILY_FIXED, /* one class whatever the operands */
    FAMILY_MOV,
    FAMILY_MOVX,
    FAMILY_XCHG,
    FAMILY_ALU,     /* changes its first operand */
    FAMILY_COMPARE, /* reads both */
    FAMILY_ADC,
    FAMILY_SHIFT,
    FAMILY_LOCKING, /* cmpxchg, xadd */
    FAMILY_PUSH,
    FAMILY_POP,
    FAMILY_BRANCH, /* conditional; its class is followed by that of the branch taken */
    FAMILY_JMP,
    FAMILY_CALL,
    FAMILY_RET,
    FAMILY_STRING /* its class is followed by those under rep and of each further turn */
};

struct rule {
    uint8_t family;
    uint8_t class; /* FIXED, BRANCH, STRING: the class, or the first of several */
};

#define FIXED(mnemonic, name)                                                            \
    [ZYDIS_MNEMONIC_##mnemonic] = {FAMILY_FIXED, INSTRUCTION_##name}
#define BRANCH(mnemonic, name)                                                           \
    [ZYDIS_MNEMONIC_##mnemonic] = {FAMILY_BRANCH, INSTRUCTION_##name}
#define STRING(mnemonic, name)                                                           \
    [ZYDIS_MNEMONIC_##mnemonic] = {FAMILY_STRING, INSTRUCTION_##name}
#define IN_FAMILY(mnemonic, name) [ZYDIS_MNEMONIC_##mnemonic] = {FAMILY_##name, 0}

/* clang-format off */
static const struct rule rules[ZYDIS_MNEMONIC_MAX_VALUE + 1] = {
    FIXED(NOP, NOP), FIXED(PAUSE, NOP), FIXED(LEA, LEA),
    IN_FAMILY(MOV, MOV), IN_FAMILY(MOVZX, MOVX), IN_FAMILY(MOVSX, MOVX),
    IN_FAMILY(XCHG, XCHG),

    FIXED(CMOVB, CMOV), FIXED(CMOVBE, CMOV), FIXED(CMOVL, CMOV), FIXED(CMOVLE, CMOV),
    FIXED(CMOVNB, CMOV), FIXED(CMOVNBE, CMOV), FIXED(CMOVNL, CMOV),
    FIXED(CMOVNLE, CMOV), FIXED(CMOVNO, CMOV), FIXED(CMOVNP, CMOV), FIXED(CMOVNS, CMOV),
    FIXED(CMOVNZ, CMOV), FIXED(CMOVO, CMOV), FIXED(CMOVP, CMOV), FIXED(CMOVS, CMOV),
    FIXED(CMOVZ, CMOV),
    FIXED(SETB, SETCC), FIXED(SETBE, SETCC), FIXED(SETL, SETCC), FIXED(SETLE, SETCC),
    FIXED(SETNB, SETCC), FIXED(SETNBE, SETCC), FIXED(SETNL, SETCC), FIXED(SETNLE, SETCC),
    FIXED(SETNO, SETCC), FIXED(SETNP, SETCC), FIXED(SETNS, SETCC), FIXED(SETNZ, SETCC),
    FIXED(SETO, SETCC), FIXED(SETP, SETCC), FIXED(SETS, SETCC), FIXED(SETZ, SETCC),

    IN_FAMILY(ADD, ALU), IN_FAMILY(SUB, ALU), IN_FAMILY(AND, ALU), IN_FAMILY(OR, ALU),
    IN_FAMILY(XOR, ALU), IN_FAMILY(INC, ALU), IN_FAMILY(DEC, ALU), IN_FAMILY(NEG, ALU),
    IN_FAMILY(NOT, ALU), IN_FAMILY(CMP, COMPARE), IN_FAMILY(TEST, COMPARE),
    IN_FAMILY(ADC, ADC), IN_FAMILY(SBB, ADC),
    IN_FAMILY(SHL, SHIFT), IN_FAMILY(SHR, SHIFT), IN_FAMILY(SAR, SHIFT),
    IN_FAMILY(ROL, SHIFT), IN_FAMILY(ROR, SHIFT),
    IN_FAMILY(RCL, SHIFT), IN_FAMILY(RCR, SHIFT),
    FIXED(SHLD, SHIFT_DOUBLE), FIXED(SHRD, SHIFT_DOUBLE), FIXED(MUL, MUL),
    FIXED(IMUL, MUL), FIXED(DIV, DIV), FIXED(IDIV, IDIV), FIXED(BT, BIT_TEST),
    FIXED(BTS, BIT_CHANGE), FIXED(BTR, BIT_CHANGE), FIXED(BTC, BIT_CHANGE),
    FIXED(BSF, BIT_SCAN), FIXED(BSR, BIT_SCAN), FIXED(BSWAP, BSWAP),
    FIXED(CBW, CONVERT), FIXED(CWDE, CONVERT), FIXED(CWD, CONVERT), FIXED(CDQ, CONVERT),
    FIXED(CLC, SET_FLAG), FIXED(STC, SET_FLAG), FIXED(CMC, SET_FLAG),
    FIXED(CLD, SET_FLAG),
    FIXED(STD, SET_FLAG), FIXED(LAHF, SET_FLAG), FIXED(SAHF, SET_FLAG),
    IN_FAMILY(CMPXCHG, LOCKING), IN_FAMILY(CMPXCHG8B, LOCKING), IN_FAMILY(XADD, LOCKING),

    IN_FAMILY(PUSH, PUSH), IN_FAMILY(POP, POP), FIXED(PUSHA, PUSHA),
    FIXED(PUSHAD, PUSHA), FIXED(POPA, POPA), FIXED(POPAD, POPA), FIXED(PUSHF, PUSHF),
    FIXED(PUSHFD, PUSHF), FIXED(POPF, POPF), FIXED(POPFD, POPF), FIXED(ENTER, ENTER),
    FIXED(LEAVE, LEAVE),

    BRANCH(JB, JCC), BRANCH(JBE, JCC), BRANCH(JL, JCC), BRANCH(JLE, JCC),
    BRANCH(JNB, JCC), BRANCH(JNBE, JCC), BRANCH(JNL, JCC), BRANCH(JNLE, JCC),
    BRANCH(JNO, JCC), BRANCH(JNP, JCC), BRANCH(JNS, JCC), BRANCH(JNZ, JCC),
    BRANCH(JO, JCC), BRANCH(JP, JCC), BRANCH(JS, JCC), BRANCH(JZ, JCC),
    BRANCH(JCXZ, JCC), BRANCH(JECXZ, JCC), BRANCH(LOOP, LOOP), BRANCH(LOOPE, LOOP),
    BRANCH(LOOPNE, LOOP),
    IN_FAMILY(JMP, JMP), IN_FAMILY(CALL, CALL), IN_FAMILY(RET, RET),

    FIXED(INT, INT_SAME), FIXED(INT1, INT_SAME), FIXED(INT3, INT_SAME),
    FIXED(INTO, INT_SAME), FIXED(IRET, IRET_SAME), FIXED(IRETD, IRET_SAME),
    FIXED(SYSENTER, SYSENTER), FIXED(SYSEXIT, SYSEXIT),

    FIXED(LDS, LOAD_FAR), FIXED(LES, LOAD_FAR), FIXED(LFS, LOAD_FAR),
    FIXED(LGS, LOAD_FAR), FIXED(LSS, LOAD_FAR), FIXED(LGDT, LGDT), FIXED(LIDT, LGDT),
    FIXED(LLDT, LLDT), FIXED(LTR, LTR), FIXED(INVLPG, INVLPG), FIXED(CLTS, CLTS),
    FIXED(CLI, CLI), FIXED(STI, STI), FIXED(HLT, HLT), FIXED(IN, IN), FIXED(OUT, OUT),
    FIXED(INSB, IN), FIXED(INSW, IN), FIXED(INSD, IN), FIXED(OUTSB, OUT),
    FIXED(OUTSW, OUT), FIXED(OUTSD, OUT), FIXED(CPUID, CPUID), FIXED(RDTSC, RDTSC),
    FIXED(RDMSR, MSR), FIXED(WRMSR, MSR),

    STRING(MOVSB, MOVS), STRING(MOVSW, MOVS), STRING(MOVSD, MOVS), STRING(STOSB, STOS),
    STRING(STOSW, STOS), STRING(STOSD, STOS), STRING(LODSB, LODS), STRING(LODSW, LODS),
    STRING(LODSD, LODS), STRING(CMPSB, CMPS), STRING(CMPSW, CMPS), STRING(CMPSD, CMPS),
    STRING(SCASB, SCAS), STRING(SCASW, SCAS), STRING(SCASD, SCAS),
};
/* clang-format on */

/* The classes that a family finds by counting on from its first. */
_Static_assert(INSTRUCTION_JCC_TAKEN == INSTRUCTION_JCC + 1 &&
                   INSTRUCTION_LOOP_TAKEN == INSTRUCTION_LOOP + 1,
               "a branch taken follows the branch");
_Static_assert(INSTRUCTION_REP_MOVS_EACH == INSTRUCTION_MOVS + 2 &&
                   INSTRUCTION_REP_STOS_EACH == INSTRUCTION_STOS + 2 &&
                   INSTRUCTION_REP_LODS_EACH == INSTRUCTION_LODS + 2 &&
                   INSTRUCTION_REP_CMPS_EACH == INSTRUCTION_CMPS + 2 &&
                   INSTRUCTION_REP_SCAS_EACH == INSTRUCTION_SCAS + 2,
               "string, under rep, each further turn");

/* What Zydis found. */
struct decoded {
    ZydisDecodedInstruction head;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
};

/* ---- operands ---- */

static bool is_memory(const struct decoded *decoded, size_t number)
{
    return number < decoded->head.operand_count_visible &&
           decoded->operands[number].type == ZYDIS_OPERAND_TYPE_MEMORY;
}

static bool is_register(const struct decoded *decoded, size_t number)
{
    return number < decoded->head.operand_count_visible &&
           decoded->operands[number].type == ZYDIS_OPERAND_TYPE_REGISTER;
}

static bool is_of_class(const struct decoded *decoded, size_t number,
                        ZydisRegisterClass class)
{
    return is_register(decoded, number) &&
           ZydisRegisterGetClass(decoded->operands[number].reg.value) == class;
}

static bool is_segment(const struct decoded *decoded, size_t number)
{
    return is_of_class(decoded, number, ZYDIS_REGCLASS_SEGMENT);
}

static bool is_far(const struct decoded *decoded)
{
    return decoded->head.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR;
}

static bool has_rep(const struct decoded *decoded)
{
    return (decoded->head.attributes &
            (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE)) != 0;
}

/* The bit of a general register, of whatever part of it; 0 for any other register. */
static uint8_t register_bit(ZydisRegister part)
{
    ZydisRegister whole =
        ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LEGACY_32, part);
    if (whole < ZYDIS_REGISTER_EAX || whole > ZYDIS_REGISTER_EDI)
        return 0;
    return (uint8_t)(1u << (whole - ZYDIS_REGISTER_EAX));
}

static uint8_t address_bits(const ZydisDecodedOperand *operand)
{
    return register_bit(operand->mem.base) | register_bit(operand->mem.index);
}

static void note_registers(struct instruction *instruction, const struct decoded *decoded)
{
    for (size_t i = 0; i < decoded->head.operand_count; i++) {
        const ZydisDecodedOperand *operand = &decoded->operands[i];
        if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY)
            instruction->reads |= address_bits(operand);
        if (operand->type != ZYDIS_OPERAND_TYPE_REGISTER)
            continue;
        if ((operand->actions & ZYDIS_OPERAND_ACTION_MASK_READ) != 0)
            instruction->reads |= register_bit(operand->reg.value);
        if ((operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0)
            instruction->writes |= register_bit(operand->reg.value);
    }
}

static bool names_esp(const struct decoded *decoded)
{
    uint8_t bits = 0;
    for (size_t i = 0; i < decoded->head.operand_count_visible; i++) {
        const ZydisDecodedOperand *operand = &decoded->operands[i];
        if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY)
            bits |= address_bits(operand);
        if (operand->type == ZYDIS_OPERAND_TYPE_REGISTER)
            bits |= register_bit(operand->reg.value);
    }
    return (bits & register_bit(ZYDIS_REGISTER_ESP)) != 0;
}

/* ---- classes ---- */

static uint8_t class_of_move_to_control(const struct decoded *decoded)
{
    ZydisRegister to = decoded->operands[0].reg.value;
    bool is_cr3 = to == ZYDIS_REGISTER_CR3 || to == ZYDIS_REGISTER_CR2;
    return is_cr3 ? INSTRUCTION_MOV_CR3 : INSTRUCTION_MOV_CR0;
}

static uint8_t class_of_mov(const struct decoded *decoded)
{
    if (is_of_class(decoded, 0, ZYDIS_REGCLASS_CONTROL))
        return class_of_move_to_control(decoded);
    if (is_of_class(decoded, 1, ZYDIS_REGCLASS_CONTROL))
        return INSTRUCTION_MOV_R_CR;
    if (is_of_class(decoded, 0, ZYDIS_REGCLASS_DEBUG) ||
        is_of_class(decoded, 1, ZYDIS_REGCLASS_DEBUG))
        return INSTRUCTION_OTHER;
    if (is_segment(decoded, 0))
        return is_memory(decoded, 1) ? INSTRUCTION_MOV_SREG_M : INSTRUCTION_MOV_SREG_R;
    if (is_segment(decoded, 1))
        return INSTRUCTION_MOV_R_SREG;
    if (is_memory(decoded, 0))
        return INSTRUCTION_MOV_MR;
    return is_memory(decoded, 1) ? INSTRUCTION_MOV_RM : INSTRUCTION_MOV_RR;
}

static uint8_t class_of_shift(const struct decoded *decoded)
{
    if (is_register(decoded, 1))
        return is_memory(decoded, 0) ? INSTRUCTION_SHIFT_M_CL : INSTRUCTION_SHIFT_R_CL;
    return is_memory(decoded, 0) ? INSTRUCTION_SHIFT_M : INSTRUCTION_SHIFT_R;
}

static uint8_t class_of_push(const struct decoded *decoded)
{
    if (is_segment(decoded, 0))
        return INSTRUCTION_PUSH_SREG;
    if (is_register(decoded, 0))
        return INSTRUCTION_PUSH_R;
    return is_memory(decoded, 0) ? INSTRUCTION_PUSH_M : INSTRUCTION_PUSH_I;
}

static uint8_t class_of_pop(const struct decoded *decoded)
{
    if (is_segment(decoded, 0))
        return INSTRUCTION_POP_SREG;
    return is_memory(decoded, 0) ? INSTRUCTION_POP_M : INSTRUCTION_POP_R;
}

static uint8_t near_class(const struct decoded *decoded, uint8_t direct, uint8_t indirect)
{
    return is_memory(decoded, 0) || is_register(decoded, 0) ? indirect : direct;
}

/* movsd and cmpsd are SSE2 instructions as well. */
static uint8_t class_of_string(const struct decoded *decoded, uint8_t plain)
{
    if (decoded->head.meta.category != ZYDIS_CATEGORY_STRINGOP)
        return INSTRUCTION_FPU;
    return has_rep(decoded) ? (uint8_t)(plain + 1) : plain;
}

static uint8_t class_of_rest(const struct decoded *decoded)
{
    switch ((int)decoded->head.meta.isa_ext) {
    case ZYDIS_ISA_EXT_X87:
    case ZYDIS_ISA_EXT_MMX:
    case ZYDIS_ISA_EXT_SSE:
    case ZYDIS_ISA_EXT_SSE2:
    case ZYDIS_ISA_EXT_SSE3:
    case ZYDIS_ISA_EXT_SSSE3:
    case ZYDIS_ISA_EXT_SSE4:
        return INSTRUCTION_FPU;
    }
    return decoded->head.meta.category == ZYDIS_CATEGORY_WIDENOP ? INSTRUCTION_NOP
                                                                 : INSTRUCTION_OTHER;
}

static uint8_t class_of(const struct decoded *decoded, const struct rule *rule)
{
    bool to_memory = is_memory(decoded, 0);
    bool from_memory = is_memory(decoded, 1);
    switch ((enum family)rule->family) {
    case FAMILY_OTHER:
        return class_of_rest(decoded);
    case FAMILY_FIXED:
    case FAMILY_BRANCH:
        return rule->class;
    case FAMILY_MOV:
        return class_of_mov(decoded);
    case FAMILY_MOVX:
        return from_memory ? INSTRUCTION_MOVX_RM : INSTRUCTION_MOVX_RR;
    case FAMILY_XCHG:
        return to_memory || from_memory ? INSTRUCTION_XCHG_MR : INSTRUCTION_XCHG_RR;
    case FAMILY_ALU:
        if (to_memory)
            return INSTRUCTION_ALU_MR;
        return from_memory ? INSTRUCTION_ALU_RM : INSTRUCTION_ALU_RR;
    case FAMILY_COMPARE:
        return to_memory || from_memory ? INSTRUCTION_ALU_RM : INSTRUCTION_ALU_RR;
    case FAMILY_ADC:
        if (to_memory)
            return INSTRUCTION_ADC_MR;
        return from_memory ? INSTRUCTION_ADC_RM : INSTRUCTION_ADC_RR;
    case FAMILY_SHIFT:
        return class_of_shift(decoded);
    case FAMILY_LOCKING:
        return to_memory ? INSTRUCTION_LOCKED : INSTRUCTION_OTHER;
    case FAMILY_PUSH:
        return class_of_push(decoded);
    case FAMILY_POP:
        return class_of_pop(decoded);
    case FAMILY_JMP:
        return is_far(decoded) ? INSTRUCTION_JMP_FAR
                               : near_class(decoded, INSTRUCTION_JMP, INSTRUCTION_JMP_RM);
    case FAMILY_CALL:
        return is_far(decoded)
                   ? INSTRUCTION_CALL_FAR
                   : near_class(decoded, INSTRUCTION_CALL, INSTRUCTION_CALL_RM);
    case FAMILY_RET:
        return is_far(decoded) ? INSTRUCTION_RET_FAR : INSTRUCTION_RET;
    case FAMILY_STRING:
        return class_of_string(decoded, rule->class);
    }
    return INSTRUCTION_OTHER;
}

/* The class when the privilege level changes. */
static uint8_t crossing_class(uint8_t class)
{
    if (class == INSTRUCTION_INT_SAME)
        return INSTRUCTION_INT;
    if (class == INSTRUCTION_IRET_SAME)
        return INSTRUCTION_IRET;
    if (class == INSTRUCTION_CALL_FAR)
        return INSTRUCTION_CALL_GATE;
    if (class == INSTRUCTION_RET_FAR)
        return INSTRUCTION_RET_GATE;
    return class;
}

static void set_classes(struct instruction *instruction, const struct decoded *decoded)
{
    const struct rule *rule = &rules[decoded->head.mnemonic];
    uint8_t class = class_of(decoded, rule);
    if ((decoded->head.attributes & ZYDIS_ATTRIB_HAS_LOCK) != 0)
        class = INSTRUCTION_LOCKED;
    instruction->class = class;
    instruction->taken = class;
    instruction->again = class;
    instruction->crossing = crossing_class(class);
    if (rule->family == FAMILY_BRANCH)
        instruction->taken = (uint8_t)(class + 1);
    if (rule->family == FAMILY_STRING && instruction->repeats && class != INSTRUCTION_FPU)
        instruction->again = (uint8_t)(class + 1);
}

static void set_flow(struct instruction *instruction, const struct rule *rule)
{
    enum family family = (enum family)rule->family;
    instruction->branches = family == FAMILY_BRANCH || family == FAMILY_JMP ||
                            family == FAMILY_CALL || family == FAMILY_RET;
    instruction->traps = instruction->class == INSTRUCTION_INT_SAME ||
                         instruction->class == INSTRUCTION_SYSENTER;
    instruction->returns = instruction->class == INSTRUCTION_IRET_SAME ||
                           instruction->class == INSTRUCTION_SYSEXIT;
}

/* ---- what pairing asks ---- */

enum pipes { PIPE_NONE = 0, PIPE_U = 1, PIPE_V = 2, PIPE_UV = 3 };

/* test pairs with the accumulator and an immediate, not with another register and one:
 * opcodes A8 and A9 against F6 and F7. */
static unsigned pipes_of_alu(const struct decoded *decoded)
{
    ZydisMnemonic mnemonic = decoded->head.mnemonic;
    if (mnemonic == ZYDIS_MNEMONIC_NEG || mnemonic == ZYDIS_MNEMONIC_NOT)
        return PIPE_NONE;
    if (mnemonic == ZYDIS_MNEMONIC_TEST &&
        (decoded->head.opcode == 0xf6 || decoded->head.opcode == 0xf7))
        return PIPE_NONE;
    return PIPE_UV;
}

/* Rotates pair by one only, shifts by any immediate: opcodes D0 and D1 hold the one. */
static unsigned pipes_of_shift(const struct decoded *decoded)
{
    ZydisMnemonic mnemonic = decoded->head.mnemonic;
    bool shifts = mnemonic == ZYDIS_MNEMONIC_SHL || mnemonic == ZYDIS_MNEMONIC_SHR ||
                  mnemonic == ZYDIS_MNEMONIC_SAR;
    bool by_one = decoded->head.opcode == 0xd0 || decoded->head.opcode == 0xd1;
    return shifts || by_one ? PIPE_U : PIPE_NONE;
}

static unsigned pipes_of(const struct decoded *decoded, uint8_t class)
{
    switch ((int)class) {
    case INSTRUCTION_NOP:
        return decoded->head.opcode == 0x90 ? PIPE_UV : PIPE_NONE;
    case INSTRUCTION_MOV_RR:
    case INSTRUCTION_MOV_RM:
    case INSTRUCTION_MOV_MR:
    case INSTRUCTION_LEA:
    case INSTRUCTION_PUSH_R:
    case INSTRUCTION_PUSH_I:
    case INSTRUCTION_POP_R:
        return PIPE_UV;
    case INSTRUCTION_ALU_RR:
    case INSTRUCTION_ALU_RM:
    case INSTRUCTION_ALU_MR:
        return pipes_of_alu(decoded);
    case INSTRUCTION_ADC_RR:
    case INSTRUCTION_ADC_RM:
    case INSTRUCTION_ADC_MR:
        return PIPE_U;
    case INSTRUCTION_SHIFT_R:
    case INSTRUCTION_SHIFT_M:
        return pipes_of_shift(decoded);
    case INSTRUCTION_JMP:
    case INSTRUCTION_CALL:
        return PIPE_V;
    case INSTRUCTION_JCC: /* but not jcxz */
        return decoded->head.opcode == 0xe3 ? PIPE_NONE : PIPE_V;
    }
    return PIPE_NONE;
}

static uint8_t steps_of(uint8_t class)
{
    if (class == INSTRUCTION_ALU_MR || class == INSTRUCTION_ADC_MR ||
        class == INSTRUCTION_SHIFT_M)
        return 3;
    return class == INSTRUCTION_ALU_RM || class == INSTRUCTION_ADC_RM ? 2 : 1;
}

static void set_pairing(struct instruction *instruction, const struct decoded *decoded)
{
    const ZydisDecodedInstruction *head = &decoded->head;
    unsigned pipes = pipes_of(decoded, instruction->class);
    if (head->raw.disp.size != 0 && head->raw.imm[0].size != 0)
        pipes = PIPE_NONE;
    if (head->raw.prefix_count != 0)
        pipes &= PIPE_U;
    instruction->u_pairable = (pipes & PIPE_U) != 0;
    instruction->v_pairable = (pipes & PIPE_V) != 0;
    instruction->steps = steps_of(instruction->class);
    instruction->pushes = (instruction->class == INSTRUCTION_PUSH_R ||
                           instruction->class == INSTRUCTION_PUSH_I ||
                           instruction->class == INSTRUCTION_POP_R ||
                           instruction->class == INSTRUCTION_CALL) &&
                          !names_esp(decoded);
    note_registers(instruction, decoded);
}

struct instruction instruction_decode(const uint8_t *bytes, size_t length)
{
    struct instruction instruction = {.class = INSTRUCTION_UNKNOWN,
                                      .taken = INSTRUCTION_UNKNOWN,
                                      .crossing = INSTRUCTION_UNKNOWN,
                                      .again = INSTRUCTION_UNKNOWN,
                                      .steps = 1};
    ZydisDecoder decoder;
    struct decoded decoded;
    if (length == 0 ||
        !ZYAN_SUCCESS(ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LEGACY_32,
                                       ZYDIS_STACK_WIDTH_32)) ||
        !ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, bytes, length < 15 ? length : 15,
                                             &decoded.head, decoded.operands)))
        return instruction;
    const struct rule *rule = &rules[decoded.head.mnemonic];
    instruction.length = decoded.head.length;
    instruction.repeats = has_rep(&decoded);
    set_classes(&instruction, &decoded);
    set_flow(&instruction, rule);
    set_pairing(&instruction, &decoded);
    return instruction;
}
