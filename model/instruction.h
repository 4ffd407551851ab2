/* instruction.h - what kind of instruction some bytes are, as far as its cost depends
 * on it.
 *
 * A machine (machine.h) has one cost for each class below. Code is decoded as 32-bit
 * protected-mode ia32. What cannot be known from the bytes (was the branch taken, did
 * the trap change the privilege level, is this a further turn of a rep) comes as a
 * further class beside the first: the caller, who sees what the code did next, picks.
 */
#ifndef CROSSBILL_INSTRUCTION_H
#define CROSSBILL_INSTRUCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In names: r register, m memory, i immediate; first the destination, then the source.
 * alu_rm reads memory once, alu_mr reads and writes it. */
enum instruction_class {
    INSTRUCTION_UNKNOWN, /* no bytes, or bytes that are no instruction */
    INSTRUCTION_OTHER,   /* an instruction that has no class of its own */
    INSTRUCTION_NOP,

    INSTRUCTION_MOV_RR, /* register or immediate to register */
    INSTRUCTION_MOV_RM,
    INSTRUCTION_MOV_MR, /* register or immediate to memory */
    INSTRUCTION_MOVX_RR, /* movzx, movsx */
    INSTRUCTION_MOVX_RM,
    INSTRUCTION_LEA,
    INSTRUCTION_XCHG_RR,
    INSTRUCTION_XCHG_MR, /* locks the bus */
    INSTRUCTION_CMOV,
    INSTRUCTION_SETCC,

    INSTRUCTION_ALU_RR, /* add, sub, and, or, xor, cmp, test, inc, dec, neg, not */
    INSTRUCTION_ALU_RM, /* cmp and test with memory on either side too */
    INSTRUCTION_ALU_MR,
    INSTRUCTION_ADC_RR, /* adc, sbb: apart because they pair otherwise */
    INSTRUCTION_ADC_RM,
    INSTRUCTION_ADC_MR,
    INSTRUCTION_SHIFT_R,    /* shift or rotate by one or by an immediate */
    INSTRUCTION_SHIFT_R_CL, /* by cl */
    INSTRUCTION_SHIFT_M,
    INSTRUCTION_SHIFT_M_CL,
    INSTRUCTION_SHIFT_DOUBLE, /* shld, shrd */
    INSTRUCTION_MUL,          /* mul, imul */
    INSTRUCTION_DIV,
    INSTRUCTION_IDIV,
    INSTRUCTION_BIT_TEST,   /* bt */
    INSTRUCTION_BIT_CHANGE, /* bts, btr, btc */
    INSTRUCTION_BIT_SCAN,   /* bsf, bsr */
    INSTRUCTION_BSWAP,
    INSTRUCTION_CONVERT, /* cbw, cwde, cwd, cdq */
    INSTRUCTION_SET_FLAG, /* clc, stc, cmc, cld, std, lahf, sahf */
    INSTRUCTION_LOCKED,  /* lock prefix; cmpxchg, xadd with memory */

    INSTRUCTION_PUSH_R,
    INSTRUCTION_PUSH_I,
    INSTRUCTION_PUSH_M,
    INSTRUCTION_PUSH_SREG,
    INSTRUCTION_POP_R,
    INSTRUCTION_POP_M,
    INSTRUCTION_POP_SREG,
    INSTRUCTION_PUSHA,
    INSTRUCTION_POPA,
    INSTRUCTION_PUSHF,
    INSTRUCTION_POPF,
    INSTRUCTION_ENTER,
    INSTRUCTION_LEAVE,

    INSTRUCTION_JCC, /* not taken; also jcxz */
    INSTRUCTION_JCC_TAKEN,
    INSTRUCTION_LOOP,
    INSTRUCTION_LOOP_TAKEN,
    INSTRUCTION_JMP,
    INSTRUCTION_JMP_RM, /* through a register or memory */
    INSTRUCTION_JMP_FAR,
    INSTRUCTION_CALL,
    INSTRUCTION_CALL_RM,
    INSTRUCTION_CALL_FAR,
    INSTRUCTION_RET,
    INSTRUCTION_RET_FAR,

    INSTRUCTION_INT,       /* int n to the inner level, through a gate */
    INSTRUCTION_INT_SAME,  /* at the same level */
    INSTRUCTION_IRET,      /* to the outer level */
    INSTRUCTION_IRET_SAME,
    INSTRUCTION_CALL_GATE, /* far call through a gate to the inner level */
    INSTRUCTION_RET_GATE,  /* far ret to the outer level */
    INSTRUCTION_SYSENTER,
    INSTRUCTION_SYSEXIT,
    INSTRUCTION_INTERRUPT, /* delivery of a hardware interrupt: never decoded */
    INSTRUCTION_FAULT,     /* delivery of a fault: never decoded */

    INSTRUCTION_MOV_SREG_R,
    INSTRUCTION_MOV_SREG_M,
    INSTRUCTION_MOV_R_SREG, /* to a register or to memory */
    INSTRUCTION_LOAD_FAR,   /* lds, les, lfs, lgs, lss */
    INSTRUCTION_MOV_CR0,    /* to CR0, CR4 */
    INSTRUCTION_MOV_CR3,    /* to CR3, CR2 */
    INSTRUCTION_MOV_R_CR,
    INSTRUCTION_LGDT, /* and lidt */
    INSTRUCTION_LLDT,
    INSTRUCTION_LTR,
    INSTRUCTION_INVLPG,
    INSTRUCTION_CLTS,
    INSTRUCTION_CLI,
    INSTRUCTION_STI,
    INSTRUCTION_HLT,
    INSTRUCTION_IN,
    INSTRUCTION_OUT,
    INSTRUCTION_CPUID,
    INSTRUCTION_RDTSC,
    INSTRUCTION_MSR, /* rdmsr, wrmsr */
    INSTRUCTION_FPU, /* x87, MMX, SSE, emms, fxsave ... */

    /* String instructions. Under rep, n turns appear in a trace as n + 1 fetches of one
     * code location: the first costs REP_*, each further one REP_*_EACH. */
    INSTRUCTION_MOVS,
    INSTRUCTION_REP_MOVS,
    INSTRUCTION_REP_MOVS_EACH,
    INSTRUCTION_STOS,
    INSTRUCTION_REP_STOS,
    INSTRUCTION_REP_STOS_EACH,
    INSTRUCTION_LODS,
    INSTRUCTION_REP_LODS,
    INSTRUCTION_REP_LODS_EACH,
    INSTRUCTION_CMPS,
    INSTRUCTION_REP_CMPS,
    INSTRUCTION_REP_CMPS_EACH,
    INSTRUCTION_SCAS,
    INSTRUCTION_REP_SCAS,
    INSTRUCTION_REP_SCAS_EACH,
    INSTRUCTION_CLASSES
};

/* One decoded instruction. The four classes are equal where the case cannot arise, so
 * that `cost[instruction.taken]` and the like are always right. */
struct instruction {
    uint8_t class;    /* enum instruction_class: the ordinary case, branch not taken */
    uint8_t taken;    /* a branch that is taken */
    uint8_t crossing; /* int, iret, far call, far ret that changes the privilege level */
    uint8_t again;    /* a rep instruction fetched again for its next turn */
    uint8_t length;   /* bytes; 0 if unknown */

    bool branches; /* may continue elsewhere: jumps, calls, returns, loops */
    bool traps;    /* int, sysenter: a crossing in follows */
    bool returns;  /* iret, sysexit: a crossing out */
    bool repeats;  /* has a rep prefix that counts */

    /* For pairing only. */
    bool u_pairable, v_pairable;
    bool pushes;     /* push, pop, call: moves esp, and names it nowhere else */
    uint8_t steps;   /* 1 plain, 2 reads memory and computes, 3 writes it back too */
    uint8_t reads;   /* general registers, bit 0 eax ... 4 esp ... 7 edi; parts count */
    uint8_t writes;  /*   as the whole. Flags are left out: no pair depends on them */
};

/* Decode `length` bytes, at most 15 of which are looked at. No bytes, too few bytes and
 * no instruction: INSTRUCTION_UNKNOWN, never an error. */
struct instruction instruction_decode(const uint8_t *bytes, size_t length);

/* Whether `second`, which follows `first` in program order, executes beside it in the
 * Pentium's V pipe. The caller sees to it that `first` is not itself the second of a
 * pair. Assumptions: see instruction_pair.c. */
bool instructions_pair(const struct instruction *first, const struct instruction *second);

/* Whether the second of a pair takes more steps than the first. */
bool instruction_second_is_longer(const struct instruction *first,
                                  const struct instruction *second);

/* What the second of a pair adds to the first, with `costs` indexed by class: nothing,
 * or, where it takes more steps, the difference, so that the pair costs as much as the
 * longer of the two. Linear in every cost. */
int64_t instruction_second_cost(const int64_t costs[INSTRUCTION_CLASSES],
                                const struct instruction *first,
                                const struct instruction *second);

/* "alu_rr", "mov_cr3": as in machine files. */
const char *instruction_class_name(enum instruction_class class);
/* INSTRUCTION_CLASSES when no class has that name. */
enum instruction_class instruction_class_named(const char *name);

#endif
