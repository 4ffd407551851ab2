/* Domains of imported traces, text and other formats there and back, packed and odd
 * input. */
#include "../import_tools.h"

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

static void lines_mark_domains(void **state)
{
    (void)state;
    gives(IMPORT_LACKEY,
          "I  1000,1\n"
          "**7** crossbill: request_begin 3\n"
          "**7** crossbill: domain kernel\n"
          "I  8000,1\n"
          "**7** crossbill: domain server\n"
          "I  2000,1\n"
          "==7== crossbill: domain program\n"
          "I  1001,1\n"
          "# crossbill: phase measured\n"
          "#crossbill:crossing_in interrupt\n"
          "I  8001,1\n"
          "# crossbill: crossing_out\n"
          "# crossbill: request_end 3\n",
          "state user 1 1 1\n"
          "fetch 0x1000 0x1000 1 user 1 1 1 0\n"
          "request_begin 0x3 0x0 0 user 1 1 1 0 0\n"
          "crossing_in 0x0 0x0 0 kernel 1 1 1 0 call\n"
          "fetch 0x8000 0x8000 1 kernel 0 1 1 1\n"
          "thread_switch 0x3ea 0x3ea 0 kernel 1002 1 1002 0 0\n"
          "space_switch 0x0 0x3ea 0 kernel 1002 1002 1002 0 cr3\n"
          "crossing_out 0x0 0x0 0 user 1002 1002 1002 0 iret\n"
          "fetch 0x2000 0x2000 1 user 1002 1002 1002 2\n"
          "crossing_in 0x0 0x0 0 kernel 1002 1002 1002 0 call\n"
          "thread_switch 0x1 0x1 0 kernel 1 1002 1 0 0\n"
          "space_switch 0x0 0x1 0 kernel 1 1 1 0 cr3\n"
          "crossing_out 0x0 0x0 0 user 1 1 1 0 iret\n"
          "fetch 0x1001 0x1001 1 user 1 1 1 3\n"
          "phase 0x0 0x0 0 user 1 1 1 0 measured\n"
          "crossing_in 0x0 0x0 0 kernel 1 1 1 0 interrupt\n"
          "fetch 0x8001 0x8001 1 kernel 0 1 1 4\n"
          "crossing_out 0x0 0x0 0 user 1 1 1 0 iret\n"
          "request_end 0x3 0x0 0 user 1 1 1 0 0\n");
    refuses(IMPORT_DIN, "# crossbill: domain\n", 1, "the marker names no domain");
    refuses(IMPORT_DIN, "# crossbill:\n", 1, "the marker says nothing");
    refuses(IMPORT_DIN, "# crossbill: crossing_in now\n", 1,
            "the marker's cause or phase is unknown");
    refuses(IMPORT_DIN, "# crossbill: request_begin\n", 1,
            "the marker has no number of a request");
    refuses(
        IMPORT_DIN, "# crossbill: fly\n", 1,
        "a marker is domain, crossing_in, crossing_out, request_begin, request_end or "
        "phase");
}

/* Two small domains in one space, a large one, and the kernel within the first's window.
 */
static void windows_attribute_accesses(void **state)
{
    (void)state;
    const struct trace_domain domains[] = {
        {.id = 0, .base = 0x1800, .limit = 0x1900, .name = "kernel"},
        {.id = 1,
         .kind = TRACE_DOMAIN_SMALL,
         .base = 0x1000,
         .limit = 0x2000,
         .name = "one"},
        {.id = 2,
         .kind = TRACE_DOMAIN_SMALL,
         .base = 0x2000,
         .limit = 0x3000,
         .name = "two"},
        {.id = 3,
         .kind = TRACE_DOMAIN_LARGE,
         .base = 0x3000,
         .limit = 0x4000,
         .name = "three"},
    };
    const struct import_options options = {
        .format = IMPORT_XDIN, .domains = domains, .domain_count = 4};
    gives_with(&options,
               "i 1000 1\nr 1900 1\ni 1800 1\nw 2000 1\ni 1001 1\ni 2000 1\ni 3000 1\n"
               "i 9000 1\n",
               "state user 1 0 1\n"
               "fetch 0x1000 0x1000 1 user 1 0 1 0\n"
               "load 0x1900 0x1900 1 user 1 0 1 0\n"
               "crossing_in 0x0 0x0 0 kernel 1 0 1 0 call\n"
               "fetch 0x1800 0x1800 1 kernel 0 0 1 1\n"
               "store 0x2000 0x2000 1 kernel 0 0 1 1\n"
               "crossing_out 0x0 0x0 0 user 1 0 1 0 iret\n"
               "fetch 0x1001 0x1001 1 user 1 0 1 2\n"
               "crossing_in 0x0 0x0 0 kernel 1 0 1 0 call\n"
               "thread_switch 0x2 0x2 0 kernel 2 0 2 0 0\n"
               "space_switch 0x0 0x0 0 kernel 2 0 2 0 segment\n"
               "crossing_out 0x0 0x0 0 user 2 0 2 0 iret\n"
               "fetch 0x2000 0x2000 1 user 2 0 2 3\n"
               "crossing_in 0x0 0x0 0 kernel 2 0 2 0 call\n"
               "thread_switch 0x3 0x3 0 kernel 3 0 3 0 0\n"
               "space_switch 0x0 0x3 0 kernel 3 3 3 0 cr3\n"
               "crossing_out 0x0 0x0 0 user 3 3 3 0 iret\n"
               "fetch 0x3000 0x3000 1 user 3 3 3 4\n"
               "fetch 0x9000 0x9000 1 user 3 3 3 5\n");
}

static void text_gives_the_same_bytes(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 700, 65536, 70000};
    for (size_t i = 0; i < 5; i++) {
        struct twin twin;
        struct cb_error error;
        struct import_result result;
        const char *path = scratch_path("original.xbt");
        twin_open(&twin, path);
        trace_put_domain(twin.writer,
                         &(struct trace_domain){.id = 9, .name = "a \\ \xff"});
        trace_put_region(twin.writer, &(struct trace_region){.base = 123456789012345,
                                                             .limit = 123456789012346});
        trace_put_tables(twin.writer, &(struct trace_tables){.kernel_ss = 0xffff});
        if (sizes[i] > 0)
            twin_random(&twin, i, sizes[i]);
        if (sizes[i] > 100) {
            twin_event(&twin, (struct trace_record){.kind = TRACE_LOST, .a = 5});
            twin_state(&twin, 1, 2, 3, true);
            twin_data(&twin, TRACE_LOAD, 0x10, 0x10, 4);
        }
        twin_close(&twin, path);
        twin_free(&twin);
        struct text text = export_file(path, EXPORT_TEXT);
        if (!import_bytes(text.bytes, text.used,
                          &(struct import_options){.format = IMPORT_TEXT}, &result,
                          &error))
            fail_msg("line %d: %s", (int)error.line, error.sentence);
        free(text.bytes);
        size_t size, again;
        uint8_t *first = slurp(scratch_path("original.xbt"), &size);
        uint8_t *second = slurp(scratch_path("imported.xbt"), &again);
        assert_int_equal(size, again);
        assert_memory_equal(first, second, size);
        free(first);
        free(second);
    }
}

static void text_that_is_wrong_is_refused(void **state)
{
    (void)state;
#define START "crossbill-text 1\nheader {}\n"
    refuses(IMPORT_TEXT, "crossbill-text 2\n", 1,
            "the first line must be: crossbill-text 1");
    refuses(IMPORT_TEXT, "crossbill-text 1\n{}\n", 2,
            "the second line must be: header JSON");
    refuses(IMPORT_TEXT, "crossbill-text 1\nheader {\\x0}\n", 2,
            "a backslash must be followed by another or by xNN");
    refuses(IMPORT_TEXT, START "jump 1\n", 3, "a record or a definition was expected");
    refuses(IMPORT_TEXT, START "code 0 0x1 0x1 9\n", 3,
            "code NUMBER VADDR PADDR BYTES was expected");
    refuses(IMPORT_TEXT, START "code 1 0x1 0x1 90\n", 3,
            "code location 1 is out of its order");
    refuses(IMPORT_TEXT, START "domain 1 huge 0x0 0x1 x\n", 3,
            "domain ID KIND BASE LIMIT NAME was expected");
    refuses(IMPORT_TEXT, START "region work now 0x0 0x1 x\n", 3,
            "region ROLE OWNER BASE LIMIT NAME was expected");
    refuses(IMPORT_TEXT, START "tables 1 2 3 4 5 6 7 70000\n", 3,
            "tables and eight numbers were expected");
    refuses(IMPORT_TEXT, START "state maybe 0 0 0\n", 3,
            "state MODE DOMAIN SPACE THREAD was expected");
    refuses(IMPORT_TEXT, START "load 0x1 0x1 256 user 0 0 0 -\n", 3,
            "load A B SIZE MODE DOMAIN SPACE THREAD CODE was expected");
    refuses(IMPORT_TEXT, START "phase 0x1 0x1 0 user 0 0 0 0\n", 3,
            "phase A B SIZE MODE DOMAIN SPACE THREAD CODE DETAIL was expected");
#undef START
}

static void traces_leave_in_other_formats(void **state)
{
    (void)state;
    struct cb_error error;
    const char *path = scratch_path("leaving.xbt");
    struct trace_writer *w = trace_create(path, "{}", &error);
    uint32_t code = trace_put_code(w, 0x1000, 0x51000, (const uint8_t[]){0x90}, 1);
    trace_put_state(w, 7, 1, 2, true);
    trace_put_fetch(w, code, 0);
    trace_put_data(w, TRACE_LOAD, 0xabcdef, 0x11def, 16);
    trace_put_event(w, &(struct trace_record){.kind = TRACE_PHASE, .detail = 1});
    trace_put_data(w, TRACE_STORE, 0, 0, 4);
    assert_true(trace_finish(w, &error));
    static const char *const expected[] = {
        "2 1000\n0 abcdef\n1 0\n",
        "i 1000 1\nr abcdef 10\nw 0 4\n",
        "kind,address,physical,size,mode,domain,space,thread,code,detail\n"
        "fetch,0x1000,0x51000,1,user,1,2,7,0,\n"
        "load,0xabcdef,0x11def,16,user,1,2,7,0,\n"
        "phase,0x0,0x0,0,user,1,2,7,0,measured\n"
        "store,0x0,0x0,4,user,1,2,7,0,\n",
    };
    for (unsigned format = EXPORT_DIN; format <= EXPORT_CSV; format++) {
        struct text text = export_file(path, (enum export_format)format);
        assert_string_equal(text.bytes, expected[format]);
        free(text.bytes);
    }
    /* And what left as CSV comes back with the same records. */
    gives(IMPORT_CSV, expected[EXPORT_CSV],
          "state user 1 2 7\n"
          "fetch 0x1000 0x51000 1 user 1 2 7 0\n"
          "load 0xabcdef 0x11def 16 user 1 2 7 0\n"
          "phase 0x0 0x0 0 user 1 2 7 0 measured\n"
          "store 0x0 0x0 4 user 1 2 7 0\n");
}

/* ---- compressed input ---- */

static const char packed_din[] = "2 1000\n2 1004\n";

static void packed_gives(const uint8_t *bytes, size_t size)
{
    struct cb_error error;
    struct import_result result;
    const struct import_options options = {.format = IMPORT_DIN};
    if (!import_bytes(bytes, size, &options, &result, &error))
        fail_msg("%s", error.sentence);
    struct text text = export_file(scratch_path("imported.xbt"), EXPORT_DIN);
    assert_string_equal(text.bytes, packed_din);
    free(text.bytes);
    for (size_t cut = 6; cut < size; cut++) {
        assert_false(import_bytes(bytes, cut, &options, &result, &error));
        assert_int_equal(error.code, CB_TRACE);
    }
}

static void compressed_files_are_read(void **state)
{
    (void)state;
    uint8_t bytes[1024];
    z_stream gzip = {.next_out = bytes, .avail_out = sizeof bytes};
    assert_int_equal(deflateInit2(&gzip, 9, Z_DEFLATED, 31, 9, 0), Z_OK);
    char plain[sizeof packed_din];
    memcpy(plain, packed_din, sizeof plain);
    gzip.next_in = (uint8_t *)plain;
    gzip.avail_in = sizeof plain - 1;
    assert_int_equal(deflate(&gzip, Z_FINISH), Z_STREAM_END);
    packed_gives(bytes, gzip.total_out);
    deflateEnd(&gzip);
    size_t size = 0;
    assert_int_equal(
        lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, NULL, (const uint8_t *)packed_din,
                                sizeof packed_din - 1, bytes, &size, sizeof bytes),
        LZMA_OK);
    packed_gives(bytes, size);
    size = ZSTD_compress(bytes, sizeof bytes, packed_din, sizeof packed_din - 1, 1);
    packed_gives(bytes, size);
    /* Two frames after each other are one input. */
    size_t half = ZSTD_compress(bytes, sizeof bytes, packed_din, 7, 1);
    size = half + ZSTD_compress(bytes + half, sizeof bytes - half, packed_din + 7, 7, 1);
    struct cb_error error;
    struct import_result result;
    assert_true(import_bytes(bytes, size, &(struct import_options){.format = IMPORT_DIN},
                             &result, &error));
    assert_int_equal(result.records, 2);
}

static void odd_input_is_refused(void **state)
{
    (void)state;
    struct cb_error error;
    struct import_result result;
    const struct import_options options = {.format = IMPORT_DIN};
    assert_false(import_bytes("2 10\n2 \00020\n", 11, &options, &result, &error));
    assert_string_equal(error.sentence, "the line has a NUL in it");
    assert_int_equal(error.line, 2);
    size_t size = 3u << 20;
    char *blanks = malloc(size);
    memset(blanks, ' ', size);
    assert_false(import_bytes(blanks, size, &options, &result, &error));
    assert_string_equal(error.sentence, "the line is longer than 1048576 bytes");
    free(blanks);
    assert_false(trace_import(scratch_path("missing"), scratch_path("x.xbt"), &options,
                              &result, &error));
    assert_int_equal(error.code, CB_IO);
}

static bool stop_at_once(void *context, uint64_t done, uint64_t all)
{
    ++*(int *)context;
    assert_true(done > 0 && done <= all);
    return false;
}

/* 65,536 lines are read before progress is asked for the first time. */
static void progress_can_stop_an_import(void **state)
{
    (void)state;
    struct cb_error error;
    struct import_result result;
    int calls = 0;
    const struct import_options options = {
        .format = IMPORT_DIN, .progress = stop_at_once, .context = &calls};
    const size_t lines = 70000;
    char *text = malloc(lines * 4);
    for (size_t i = 0; i < lines; i++)
        memcpy(text + 4 * i, "2 0\n", 4);
    remove(scratch_path("imported.xbt"));
    assert_true(import_bytes(text, lines * 4, &options, &result, &error));
    assert_true(result.stopped);
    assert_int_equal(calls, 1);
    assert_null(fopen(scratch_path("imported.xbt"), "rb"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_mark_domains),
        cmocka_unit_test(windows_attribute_accesses),
        cmocka_unit_test(text_gives_the_same_bytes),
        cmocka_unit_test(text_that_is_wrong_is_refused),
        cmocka_unit_test(traces_leave_in_other_formats),
        cmocka_unit_test(compressed_files_are_read),
        cmocka_unit_test(odd_input_is_refused),
        cmocka_unit_test(progress_can_stop_an_import),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
