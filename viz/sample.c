/* sample.c - the order statistics behind a distribution. */
#include "viz/frame.h"

#include <math.h>
#include <stdlib.h>

struct counted {
    double value, count;
};

static int by_value(const void *a, const void *b)
{
    const struct counted *one = a, *other = b;
    return (one->value > other->value) - (one->value < other->value);
}

struct sorted_sample sample_sort(const struct viz_sample *sample)
{
    struct counted *all = g_new(struct counted, sample->count);
    for (size_t i = 0; i < sample->count; i++)
        all[i] =
            (struct counted){sample->values[i], sample->counts ? sample->counts[i] : 1};
    qsort(all, sample->count, sizeof *all, by_value);

    struct sorted_sample sorted = {.values = g_new(double, sample->count),
                                   .up_to = g_new(double, sample->count)};
    double sum = 0;
    for (size_t i = 0; i < sample->count; i++) {
        sorted.total += all[i].count;
        sum += all[i].value * all[i].count;
        if (sorted.count == 0 || sorted.values[sorted.count - 1] != all[i].value)
            sorted.values[sorted.count++] = all[i].value;
        sorted.up_to[sorted.count - 1] = sorted.total;
    }
    sorted.mean = sum / sorted.total;
    g_free(all);
    return sorted;
}

void sample_free(struct sorted_sample *sorted)
{
    g_free(sorted->values);
    g_free(sorted->up_to);
    *sorted = (struct sorted_sample){.count = 0};
}

double sample_percentile(const struct sorted_sample *sorted, double share)
{
    /* A hair of tolerance: 0.9 x 10 must be reached by nine of ten. */
    double needed = share * sorted->total * (1 - 1e-12);
    size_t i = 0;
    while (i + 1 < sorted->count && sorted->up_to[i] < needed)
        i++;
    return sorted->values[i];
}

double viz_percentile(const struct viz_sample *sample, double share)
{
    struct sorted_sample sorted = sample_sort(sample);
    double value = sample_percentile(&sorted, share);
    sample_free(&sorted);
    return value;
}
