/* Pairing on the Pentium (P5): two simple instructions side by side in its U and V pipes.
 *
 * Modelled, after the pairing rules of Intel's application note AP-500 and of Agner Fog's
 * manual: which instructions each pipe takes; that prefixed instructions go to U alone;
 * that an instruction with both a displacement and an immediate pairs with nothing; that
 * the second may neither read nor write a register that the first writes, parts of a
 * register counting as the whole; that push, pop and call pair with each other although
 * all of them move esp; that flags are no dependence, so that cmp and jcc pair.
 *
 * Steps: an instruction that reads memory and computes takes two, one that writes the
 * result back three; a pair takes as long as the longer of the two. A read-modify-write
 * in U beside another instruction that computes on memory overlaps all but one cycle:
 * this is left out, such two are not paired, which is one cycle too many.
 *
 * Not modelled: address generation interlocks, bank conflicts of two data accesses, that
 * an instruction longer than a byte pairs only from the second time it is executed, and
 * mispredicted branches.
 */
#include "instruction.h"

#define ESP_BIT (1u << 4)

static bool independent(const struct instruction *first, const struct instruction *second)
{
    unsigned written = first->writes;
    unsigned used = (unsigned)second->reads | second->writes;
    if (first->pushes && second->pushes)
        written &= ~ESP_BIT;
    return (written & used) == 0;
}

bool instructions_pair(const struct instruction *first, const struct instruction *second)
{
    if (!first->u_pairable || !second->v_pairable)
        return false;
    if (first->steps == 3 && second->steps > 1)
        return false;
    return independent(first, second);
}

bool instruction_second_is_longer(const struct instruction *first,
                                  const struct instruction *second)
{
    return second->steps > first->steps;
}

int64_t instruction_second_cost(const int64_t costs[INSTRUCTION_CLASSES],
                                const struct instruction *first,
                                const struct instruction *second)
{
    if (!instruction_second_is_longer(first, second))
        return 0;
    return costs[second->class] - costs[first->class];
}
