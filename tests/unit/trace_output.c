/* Files that appear whole or not at all; hashes and checksums. */
#include "../test.h"

#include "../trace_tools.h"
#include "traces/bytes.h"
#include "traces/hash.h"
#include "traces/output.h"

#include <dirent.h>
#include <unistd.h>
#include <zstd.h>

static int files_beside(const char *path)
{
    char directory[256];
    snprintf(directory, sizeof directory, "%s", path);
    *strrchr(directory, '/') = '\0';
    DIR *entries = opendir(directory);
    int count = 0;
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(entries);
    return count;
}

static void a_committed_file_is_whole_and_alone(void **state)
{
    (void)state;
    struct output output;
    struct cb_error error;
    const char *path = scratch_path("whole");
    int before = files_beside(path);
    assert_true(output_open(&output, path, &error));
    assert_int_equal(access(path, F_OK), -1);
    assert_true(output_write(&output, "one ", 4, &error));
    assert_true(output_write(&output, "two", 3, &error));
    assert_int_equal(access(path, F_OK), -1);
    assert_true(output_commit(&output, &error));
    assert_int_equal(files_beside(path), before + 1);
    size_t size;
    uint8_t *bytes = slurp(path, &size);
    assert_int_equal(size, 7);
    assert_memory_equal(bytes, "one two", 7);
    free(bytes);
}

/* The link stays one, and what it leads to is written; one that leads nowhere goes. */
static void a_link_is_followed(void **state)
{
    (void)state;
    struct output output;
    struct cb_error error;
    char target[128], path[128], read[8];
    size_t size;
    snprintf(target, sizeof target, "%s", scratch_path("target"));
    snprintf(path, sizeof path, "%s", scratch_path("link"));
    spill(target, (const uint8_t *)"old", 3);
    assert_int_equal(symlink("target", path), 0);
    for (int round = 0; round < 2; round++) {
        assert_true(output_open(&output, path, &error));
        assert_true(output_write(&output, "new", 3, &error));
        assert_true(output_commit(&output, &error));
        assert_int_equal(readlink(path, read, sizeof read), round == 0 ? 6 : -1);
        uint8_t *bytes = slurp(round == 0 ? target : path, &size);
        assert_int_equal(size, 3);
        assert_memory_equal(bytes, "new", 3);
        free(bytes);
        unlink(target);
    }
    unlink(path);
}

static void an_abandoned_file_leaves_what_was_there(void **state)
{
    (void)state;
    struct output output;
    struct cb_error error;
    const char *path = scratch_path("old");
    spill(path, (const uint8_t *)"old", 3);
    int before = files_beside(path);
    assert_true(output_open(&output, path, &error));
    assert_true(output_write(&output, "new text", 8, &error));
    output_abandon(&output);
    assert_int_equal(files_beside(path), before);
    size_t size;
    uint8_t *bytes = slurp(path, &size);
    assert_int_equal(size, 3);
    assert_memory_equal(bytes, "old", 3);
    free(bytes);
}

static void two_writers_of_one_file_do_not_mix(void **state)
{
    (void)state;
    struct output first, second;
    struct cb_error error;
    const char *path = scratch_path("both");
    assert_true(output_open(&first, path, &error));
    assert_true(output_open(&second, path, &error));
    assert_true(output_write(&first, "first", 5, &error));
    assert_true(output_write(&second, "second", 6, &error));
    assert_true(output_commit(&second, &error));
    assert_true(output_commit(&first, &error));
    size_t size;
    uint8_t *bytes = slurp(path, &size);
    assert_int_equal(size, 5);
    free(bytes);
}

static void what_cannot_be_written_is_said(void **state)
{
    (void)state;
    struct output output;
    struct cb_error error;
    char path[160];
    snprintf(path, sizeof path, "%s/x", scratch_path("nowhere"));
    assert_false(output_open(&output, path, &error));
    assert_int_equal(error.code, CB_IO);
    assert_string_equal(error.source, path);
    assert_string_equal(error.sentence, "cannot write: No such file or directory");
    assert_false(output_open(&output, "/tmp", &error));
    assert_string_equal(error.sentence, "cannot write: Is a directory");
    assert_true(output_open(&output, "/dev/full", &error));
    assert_false(output_write(&output, "x", 1, &error));
    assert_int_equal(error.code, CB_IO);
    assert_string_equal(error.sentence, "cannot write: No space left on device");
    output_abandon(&output);
}

/* FIPS 180-4's examples, and lengths around the edges of a 64-byte chunk, as sha256sum
 * of coreutils has them. */
static void sha256_is_that_of_the_standard(void **state)
{
    (void)state;
    static const struct {
        size_t length; /* that many letters a */
        const char *hash;
    } cases[] = {
        {0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"},
        {56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"},
        {64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"},
        {1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    };
    char *letters = malloc(1000000), text[HASH_TEXT_SIZE];
    memset(letters, 'a', 1000000);
    struct hash hash;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hash_start(&hash);
        for (size_t at = 0; at < cases[i].length;) {
            size_t part = cases[i].length - at < 37 ? cases[i].length - at : 37;
            hash_add(&hash, letters + at, part);
            at += part;
        }
        hash_finish(&hash, text);
        assert_string_equal(text, cases[i].hash);
    }
    free(letters);
    struct cb_error error;
    const char *path = scratch_path("abc");
    spill(path, (const uint8_t *)"abc", 3);
    assert_true(hash_file(path, text, &error));
    assert_string_equal(
        text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_false(hash_file(scratch_path("missing"), text, &error));
    assert_int_equal(error.code, CB_IO);
}

/* A zstd frame ends in the low half of its content's XXH64 (RFC 8878, 3.1.1). */
static uint32_t checksum_by_zstd(const void *data, size_t size)
{
    uint8_t frame[1024];
    ZSTD_CCtx *context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    size_t length = ZSTD_compress2(context, frame, sizeof frame, data, size);
    ZSTD_freeCCtx(context);
    assert_false(ZSTD_isError(length));
    return get_u32(frame + length - 4);
}

static void the_checksum_is_xxh64(void **state)
{
    (void)state;
    uint8_t bytes[300];
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * i);
    assert_true(checksum(bytes, 0) == 0xef46db3751d8e999ull);
    assert_true(checksum("a", 1) == 0xd24ec4f1a98c6e5bull);
    for (size_t size = 0; size < sizeof bytes; size++)
        assert_int_equal((uint32_t)checksum(bytes, size), checksum_by_zstd(bytes, size));
}

static void numbers_of_any_length_come_back(void **state)
{
    (void)state;
    uint8_t bytes[16] = {0};
    for (unsigned bits = 0; bits <= 64; bits++) {
        uint64_t value = bits == 0 ? 0 : UINT64_MAX >> (64 - bits), got;
        const uint8_t *end = put_varint(bytes, value);
        assert_int_equal(end - bytes, bits <= 7 ? 1 : (bits + 6) / 7);
        assert_ptr_equal(get_varint(bytes, &got), end);
        assert_true(got == value);
        assert_true(unzigzag(zigzag(value)) == value);
    }
    assert_int_equal(zigzag((uint64_t)-1), 1);
    assert_int_equal(zigzag(1), 2);
    uint64_t got;
    memset(bytes, 0xff, 9);
    bytes[9] = 2; /* bit 64 */
    assert_null(get_varint(bytes, &got));
    bytes[9] = 0x81; /* an eleventh byte */
    assert_null(get_varint(bytes, &got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_committed_file_is_whole_and_alone),
        cmocka_unit_test(a_link_is_followed),
        cmocka_unit_test(an_abandoned_file_leaves_what_was_there),
        cmocka_unit_test(two_writers_of_one_file_do_not_mix),
        cmocka_unit_test(what_cannot_be_written_is_said),
        cmocka_unit_test(sha256_is_that_of_the_standard),
        cmocka_unit_test(the_checksum_is_xxh64),
        cmocka_unit_test(numbers_of_any_length_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
