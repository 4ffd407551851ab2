/* bench MODE TRACE MACHINE [EXPRESSION...]: run one thing once, print what it took.
 *
 *   plain   replay of the shared world without a ledger, on one thread: the floor
 *   counters   the same, and a line for each structure before: its name, accesses by
 *           fetch, load and store, misses by the same
 *   full    replay with the whole ledger, on one thread
 *   pair    the same on two threads
 *   sweep   the grid of the expressions, PATH=VALUES, on all processors
 *   sets    the same on one thread, of a cache's sizes and ways, the first two axes, only
 *           those with 8 to 4096 sets of 32-byte lines, a power of two
 *   decode  decode alone
 *
 * Prints "MODE records cpu-seconds wall-seconds peak-KiB points". CPU time is what ratios
 * are made of: on a busy machine it hardly moves. */
#include "model/sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define MACHINES "model/machines"

struct bench {
    const char *mode;
    struct trace_reader *trace;
    const char *machine_name;
    struct machine machine;
    struct sweep_axis axes[SWEEP_AXES];
    size_t axis_count;
    uint64_t points;
    uint64_t events; /* so that decoding is not for nothing to the compiler */
};

static bool decode(struct bench *bench, struct cb_error *error)
{
    struct trace_block block;
    trace_block_init(&block);
    bool good = true;
    for (size_t i = 0; good && i < trace_blocks(bench->trace); i++) {
        good = trace_read_block(bench->trace, i, &block, error);
        bench->events += good ? block.records[block.count - 1].vaddr : 0;
    }
    trace_block_free(&block);
    return good;
}

static bool run_replay(struct bench *bench, struct cb_error *error)
{
    bool counters = strcmp(bench->mode, "counters") == 0;
    struct replay_options options = {.plain =
                                         counters || strcmp(bench->mode, "plain") == 0,
                                     .threads = strcmp(bench->mode, "pair") == 0 ? 2 : 1};
    struct ledger *ledger = replay(bench->trace, &bench->machine, &options, error);
    bool good = ledger != NULL;
    for (size_t i = 0; good && counters && i < ledger->structure_count; i++) {
        const struct structure_counters *of = &ledger->structures[i];
        printf("%s %lld %lld %lld %lld %lld %lld\n", of->name, (long long)of->accesses[0],
               (long long)of->accesses[1], (long long)of->accesses[2],
               (long long)of->misses[0], (long long)of->misses[1],
               (long long)of->misses[2]);
    }
    ledger_free(ledger);
    return good;
}

static bool count_point(void *context, uint64_t point, const struct ledger *ledger,
                        const struct cb_error *refused)
{
    struct bench *bench = context;
    (void)point;
    (void)refused;
    bench->points += ledger != NULL;
    return true;
}

static bool has_such_sets(void *context, uint64_t point)
{
    const struct bench *bench = context;
    struct sweep_request request = {.axes = bench->axes, .axis_count = bench->axis_count};
    size_t indices[SWEEP_AXES];
    sweep_point_values(&request, point, indices);
    unsigned long size = strtoul(bench->axes[0].values[indices[0]], NULL, 10);
    unsigned long way = 32 * strtoul(bench->axes[1].values[indices[1]], NULL, 10);
    unsigned long sets = size / way;
    return size % way == 0 && (sets & (sets - 1)) == 0 && sets >= 8 && sets <= 4096;
}

static bool run_sweep(struct bench *bench, struct cb_error *error)
{
    struct sweep_request request = {.machine = bench->machine_name,
                                    .directory = MACHINES,
                                    .axes = bench->axes,
                                    .axis_count = bench->axis_count};
    struct sweep_options options = {.on_point = count_point, .context = bench};
    if (strcmp(bench->mode, "sets") == 0) {
        options.wants = has_such_sets;
        options.threads = 1; /* as the replay that it is compared with */
    }
    return sweep_run(&request, bench->trace, &options, error);
}

static bool run(struct bench *bench, struct cb_error *error)
{
    if (strcmp(bench->mode, "decode") == 0)
        return decode(bench, error);
    if (strcmp(bench->mode, "sweep") == 0 || strcmp(bench->mode, "sets") == 0)
        return run_sweep(bench, error);
    return run_replay(bench, error);
}

static bool open_all(struct bench *bench, char **arguments, struct cb_error *error)
{
    bench->mode = arguments[0];
    bench->machine_name = arguments[2];
    bench->trace = trace_open(arguments[1], error);
    if (bench->trace == NULL ||
        !machine_load(&bench->machine, bench->machine_name, MACHINES, NULL, 0, error))
        return false;
    for (char **a = arguments + 3; *a != NULL; a++)
        if (bench->axis_count == SWEEP_AXES ||
            !sweep_axis_parse(&bench->axes[bench->axis_count++], *a, error))
            return false;
    return true;
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

static double wall(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int main(int count, char **arguments)
{
    struct bench bench = {0};
    struct cb_error error;
    if (count < 4) {
        fprintf(stderr, "usage: bench MODE TRACE MACHINE [PATH=VALUES...]\n");
        return 2;
    }
    double start = wall();
    if (!open_all(&bench, arguments + 1, &error) || !run(&bench, &error)) {
        char text[1024];
        cb_error_format(&error, text, sizeof text);
        fprintf(stderr, "%s\n", text);
        return (int)error.code;
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%s %llu %.3f %.3f %ld %llu\n", bench.mode,
           (unsigned long long)trace_info(bench.trace)->records,
           seconds(usage.ru_utime) + seconds(usage.ru_stime), wall() - start,
           usage.ru_maxrss, (unsigned long long)bench.points);
    return bench.events == UINT64_MAX; /* never: but the sum is used */
}
