#include "model/spread.h"

bool machine_draws(const struct machine *machine)
{
    bool draws = false;
    for (size_t i = 0; i < machine->tlb_count; i++)
        draws |=
            machine->tlbs[i].replacement == MACHINE_RANDOM && machine->tlbs[i].ways > 1;
    for (size_t i = 0; i < machine->cache_count; i++)
        draws |= machine->caches[i].replacement == MACHINE_RANDOM &&
                 machine->caches[i].ways > 1;
    return draws;
}

/* splitmix64's mixing: neighbouring draws of neighbouring seeds have nothing in common.
 * A seed in a machine file is at most INT64_MAX. */
static uint64_t derive(uint64_t seed, uint64_t draw)
{
    uint64_t z = seed + draw * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (z ^ z >> 31) >> 1;
}

void machine_reseed(struct machine *machine, uint64_t draw)
{
    if (draw == 0)
        return;
    for (size_t i = 0; i < machine->tlb_count; i++)
        machine->tlbs[i].seed = derive(machine->tlbs[i].seed, draw);
    for (size_t i = 0; i < machine->cache_count; i++)
        machine->caches[i].seed = derive(machine->caches[i].seed, draw);
}

void draws_add(struct draws *draws, int64_t value)
{
    if (draws->count++ == 0)
        draws->first = draws->min = draws->max = value;
    draws->min = value < draws->min ? value : draws->min;
    draws->max = value > draws->max ? value : draws->max;
    __int128 difference = (__int128)value - draws->first;
    draws->sum += difference;
    draws->squares += difference * difference;
}

int64_t draws_mean(const struct draws *draws)
{
    if (draws->count == 0)
        return 0;
    __int128 half = draws->sum < 0 ? -(draws->count / 2) : draws->count / 2;
    return draws->first + (int64_t)((draws->sum + half) / draws->count);
}

/* The largest whole number whose square is not larger, bit by bit. */
static int64_t root(__int128 square)
{
    int64_t result = 0;
    for (int bit = 62; bit >= 0; bit--) {
        int64_t next = result | INT64_C(1) << bit;
        if ((__int128)next * next <= square)
            result = next;
    }
    return result;
}

int64_t draws_deviation(const struct draws *draws)
{
    __int128 n = draws->count;
    if (n < 2)
        return 0;
    return root((n * draws->squares - draws->sum * draws->sum) / (n * (n - 1)));
}
