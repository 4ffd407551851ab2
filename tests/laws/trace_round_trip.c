/* What the codec writes it reads back, field by field. */
#include "../test.h"

#include "../trace_tools.h"

#include <pthread.h>

static void random_traces_come_back(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct twin twin;
        const char *path = scratch_path("random.xbt");
        twin_open(&twin, path);
        twin_random(&twin, seed, (size_t)(seed * 171 % 1500));
        twin_close(&twin, path);
        twin_free(&twin);
    }
}

/* Blocks hold 65,536 records: these traces end just before, at and after a boundary. */
static void traces_of_several_blocks_come_back(void **state)
{
    (void)state;
    static const size_t sizes[] = {65535, 65536, 65537, 200000};
    for (size_t i = 0; i < 4; i++) {
        struct twin twin;
        const char *path = scratch_path("blocks.xbt");
        twin_open(&twin, path);
        twin_random(&twin, 77 + i, sizes[i]);
        twin_close(&twin, path);
        twin_free(&twin);
    }
}

static void the_same_records_give_the_same_bytes(void **state)
{
    (void)state;
    uint8_t *bytes[2];
    size_t sizes[2];
    for (int i = 0; i < 2; i++) {
        struct twin twin;
        const char *path = scratch_path(i == 0 ? "first.xbt" : "second.xbt");
        twin_open(&twin, path);
        twin_random(&twin, 5, 150000);
        twin_close(&twin, path);
        twin_free(&twin);
        bytes[i] = slurp(path, &sizes[i]);
    }
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(bytes[0], bytes[1], sizes[0]);
    free(bytes[0]);
    free(bytes[1]);
}

static void each_block_reads_alone_as_in_sequence(void **state)
{
    (void)state;
    struct twin twin;
    const char *path = scratch_path("alone.xbt");
    twin_open(&twin, path);
    twin_random(&twin, 9, 300000);
    twin_close(&twin, path);
    struct cb_error error;
    struct trace_reader *reader = trace_open(path, &error);
    assert_non_null(reader);
    assert_int_equal(trace_blocks(reader), 5);
    for (size_t i = trace_blocks(reader); i-- > 0;) {
        struct trace_block block;
        trace_block_init(&block);
        assert_true(trace_read_block(reader, i, &block, &error));
        assert_int_equal(block.first, i * 65536);
        assert_memory_equal(block.records, twin.expected + block.first,
                            block.count * sizeof *block.records);
        trace_block_free(&block);
    }
    trace_close(reader);
    twin_free(&twin);
}

struct share {
    const struct trace_reader *reader;
    const struct trace_record *expected;
    size_t first; /* of the blocks that this thread reads, every third */
    bool same;
};

/* cmocka's assertions belong to the main thread. */
static void *read_share(void *argument)
{
    struct share *share = argument;
    struct cb_error error;
    struct trace_block block;
    trace_block_init(&block);
    share->same = true;
    for (size_t i = share->first; i < trace_blocks(share->reader); i += 3)
        share->same = share->same && trace_read_block(share->reader, i, &block, &error) &&
                      memcmp(block.records, share->expected + block.first,
                             block.count * sizeof *block.records) == 0;
    trace_block_free(&block);
    return NULL;
}

static void threads_read_the_same_as_one(void **state)
{
    (void)state;
    struct twin twin;
    struct cb_error error;
    const char *path = scratch_path("threads.xbt");
    twin_open(&twin, path);
    twin_random(&twin, 21, 400000);
    twin_close(&twin, path);
    struct trace_reader *reader = trace_open(path, &error);
    assert_non_null(reader);
    pthread_t threads[3];
    struct share shares[3];
    for (size_t i = 0; i < 3; i++) {
        shares[i] = (struct share){reader, twin.expected, i, false};
        assert_int_equal(pthread_create(&threads[i], NULL, read_share, &shares[i]), 0);
    }
    for (size_t i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
        assert_true(shares[i].same);
    }
    trace_close(reader);
    twin_free(&twin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_traces_come_back),
        cmocka_unit_test(traces_of_several_blocks_come_back),
        cmocka_unit_test(the_same_records_give_the_same_bytes),
        cmocka_unit_test(each_block_reads_alone_as_in_sequence),
        cmocka_unit_test(threads_read_the_same_as_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
