/* Foreign formats, each to the exact records that come of it; and back. */
#include "../test.h"

#include "../trace_tools.h"
#include "traces/check.h"
#include "traces/export.h"
#include "traces/import.h"

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

struct text {
    char *bytes;
    size_t used, room;
};

static bool collect(void *context, const char *bytes, size_t size)
{
    struct text *text = context;
    if (text->used + size + 1 > text->room) {
        text->room = 2 * (text->used + size + 1);
        text->bytes = realloc(text->bytes, text->room);
        assert_non_null(text->bytes);
    }
    memcpy(text->bytes + text->used, bytes, size);
    text->used += size;
    text->bytes[text->used] = '\0';
    return true;
}

static struct text export_file(const char *path, enum export_format format)
{
    struct cb_error error;
    struct text text = {.used = 0};
    collect(&text, "", 0);
    struct trace_reader *reader = trace_open(path, &error);
    if (reader == NULL)
        fail_msg("%s", error.sentence);
    assert_true(trace_export(reader, format, collect, &text, &error));
    trace_close(reader);
    return text;
}

static bool import_bytes(const void *bytes, size_t size,
                         const struct import_options *options,
                         struct import_result *result, struct cb_error *error)
{
    struct input *input = input_memory(bytes, size, "input", error);
    if (input == NULL)
        return false;
    bool done =
        trace_import_input(input, scratch_path("imported.xbt"), options, result, error);
    input_close(input);
    return done;
}

/* What comes of an import, from the line "state" on: without header and definitions. */
static void gives_with(const struct import_options *options, const char *from,
                       const char *records)
{
    struct cb_error error;
    struct import_result result;
    struct check_result found;
    if (!import_bytes(from, strlen(from), options, &result, &error))
        fail_msg("line %d: %s", (int)error.line, error.sentence);
    struct text text = export_file(scratch_path("imported.xbt"), EXPORT_TEXT);
    const char *state = strstr(text.bytes, "\nstate ");
    assert_non_null(state);
    assert_string_equal(state + 1, records);
    free(text.bytes);
    struct trace_reader *reader = trace_open(scratch_path("imported.xbt"), &error);
    assert_int_equal(trace_info(reader)->records, result.records);
    assert_true(trace_check(reader, NULL, NULL, &found, &error));
    for (int kind = 0; kind < CHECK_KINDS; kind++)
        assert_int_equal(found.found[kind], 0);
    trace_close(reader);
}

static void gives(enum import_format format, const char *from, const char *records)
{
    gives_with(&(struct import_options){.format = format}, from, records);
}

static void refuses(enum import_format format, const char *from, uint64_t line,
                    const char *sentence)
{
    struct cb_error error;
    struct import_result result;
    const char *path = scratch_path("imported.xbt");
    remove(path);
    assert_false(import_bytes(
        from, strlen(from), &(struct import_options){.format = format}, &result, &error));
    assert_string_equal(error.sentence, sentence);
    assert_int_equal(error.code, CB_TRACE);
    assert_int_equal(error.line, line);
    assert_string_equal(error.source, "input");
    FILE *file = fopen(path, "rb");
    assert_null(file);
}

static void din_is_read(void **state)
{
    (void)state;
    gives(IMPORT_DIN,
          "2 1000 the rest is ignored\r\n"
          "\n"
          "  0 0xFFFE\n"
          "1\tdeadbeef00\n"
          "# a comment\n"
          "3 1\n4 0\n"
          "2 1ffd\n"
          "0 101e\n"
          "1 101f",
          "state user 1 1 1\n"
          "fetch 0x1000 0x1000 4 user 1 1 1 0\n"
          "load 0xfffe 0xfffe 2 user 1 1 1 0\n"
          "store 0xdeadbeef00 0xdeadbeef00 4 user 1 1 1 0\n"
          "fetch 0x1ffd 0x1ffd 3 user 1 1 1 1\n"
          "load 0x101e 0x101e 2 user 1 1 1 1\n"
          "store 0x101f 0x101f 1 user 1 1 1 1\n");
    refuses(IMPORT_DIN, "2 10\n5 10\n", 2, "a label 0 to 4 was expected first");
    refuses(IMPORT_DIN, "2 10\n\n1 g\n", 3, "a hexadecimal address was expected second");
    refuses(IMPORT_DIN, "2 10000000000000000\n", 1,
            "a hexadecimal address was expected second");
    refuses(IMPORT_DIN, "read 10\n", 1, "a label 0 to 4 was expected first");
}

static void what_is_skipped_and_assumed_is_said(void **state)
{
    (void)state;
    struct cb_error error;
    struct import_result result;
    const char din[] = "2 1\n3 1\n4 1\n";
    assert_true(import_bytes(din, strlen(din),
                             &(struct import_options){.format = IMPORT_DIN}, &result,
                             &error));
    assert_int_equal(result.records, 1);
    assert_int_equal(result.skipped, 2);
    assert_string_equal(result.assumptions, "accesses end with their words of 4");
    struct trace_reader *reader = trace_open(scratch_path("imported.xbt"), &error);
    assert_string_equal(trace_info(reader)->header,
                        "{\"assumptions\":\"accesses end with their words of "
                        "4\",\"imported_from\":\"din\","
                        "\"scenario\":\"input\",\"structure\":\"\",\"tool\":"
                        "\"crossbill " CROSSBILL_VERSION "\"}");
    trace_close(reader);
}

static void extended_din_is_read(void **state)
{
    (void)state;
    gives(IMPORT_XDIN, "i 1000 3\nr 0x2000 10 x\nw 2ffe 4\nm 7 1\nc 0 0\nv 0 20\n",
          "state user 1 1 1\n"
          "fetch 0x1000 0x1000 3 user 1 1 1 0\n"
          "load 0x2000 0x2000 16 user 1 1 1 0\n"
          "store 0x2ffe 0x2ffe 2 user 1 1 1 0\n"
          "store 0x3000 0x3000 2 user 1 1 1 0\n"
          "load 0x7 0x7 1 user 1 1 1 0\n");
    refuses(IMPORT_XDIN, "0 1000 3\n", 1,
            "a label r, w, i, m, c or v was expected first");
    refuses(IMPORT_XDIN, "r 1000\n", 1, "a hexadecimal size was expected third");
    refuses(IMPORT_XDIN, "r 1000 0\n", 1, "the size is not 1 to 4096");
    refuses(IMPORT_XDIN, "r 1000 1001\n", 1, "the size is not 1 to 4096");
}

/* 300 bytes are an access of 255 and one of 45. */
static void lackey_is_read(void **state)
{
    (void)state;
    gives(IMPORT_LACKEY,
          "==12== Lackey, an example Valgrind tool\n"
          "==12== \n"
          "I  04001090,3\n"
          " S 1ffeffe7e8,8\n"
          "I  04001093,5\n"
          " L 1000,300\n"
          " M 0421c7cc,4\n"
          "==12== \n",
          "state user 1 1 1\n"
          "fetch 0x4001090 0x4001090 3 user 1 1 1 0\n"
          "store 0x1ffeffe7e8 0x1ffeffe7e8 8 user 1 1 1 0\n"
          "fetch 0x4001093 0x4001093 5 user 1 1 1 1\n"
          "load 0x1000 0x1000 255 user 1 1 1 1\n"
          "load 0x10ff 0x10ff 45 user 1 1 1 1\n"
          "load 0x421c7cc 0x421c7cc 4 user 1 1 1 1\n"
          "store 0x421c7cc 0x421c7cc 4 user 1 1 1 1\n");
    refuses(IMPORT_LACKEY, "==1==\nX 1,2\n", 2, "I, L, S or M was expected first");
    refuses(IMPORT_LACKEY, "I  12\n", 1,
            "ADDRESS,SIZE was expected after I, in hexadecimal and decimal");
    refuses(IMPORT_LACKEY, " L 12,4 5\n", 1,
            "ADDRESS,SIZE was expected after L, in hexadecimal and decimal");
    refuses(IMPORT_LACKEY, " L 12,99999\n", 1, "the size is not 1 to 4096");
}

/* From domain 1 to the kernel, to domain 2 (by way of the kernel), and back to 1. */
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

static void csv_is_read(void **state)
{
    (void)state;
    gives(IMPORT_CSV,
          "address, kind\n"
          "4096,fetch\n"
          "0x2000 , \"store\"\n",
          "state user 1 1 1\n"
          "fetch 0x1000 0x1000 4 user 1 1 1 0\n"
          "store 0x2000 0x2000 4 user 1 1 1 0\n");
    gives(IMPORT_CSV,
          "kind,address,physical,size,mode,domain,space,thread,detail\n"
          "fetch,0x1000,0x51000,3,user,5,2,9,\n"
          "load,0x2000,,8,user,5,2,9,\n"
          "fetch,0xc000,0xc000,2,kernel,0,2,9,\n"
          "thread_switch,8,6,0,,,,,\n"
          "fetch,0x1000,0x61000,3,user,6,3,8,\n"
          "phase,0,,,,,,,measured\n",
          "state user 5 2 9\n"
          "fetch 0x1000 0x51000 3 user 5 2 9 0\n"
          "load 0x2000 0x2000 8 user 5 2 9 0\n"
          "crossing_in 0x0 0x0 0 kernel 5 2 9 0 call\n"
          "fetch 0xc000 0xc000 2 kernel 0 2 9 1\n"
          "thread_switch 0x8 0x6 0 kernel 6 2 8 0 0\n"
          "space_switch 0x0 0x3 0 kernel 6 3 8 0 cr3\n"
          "crossing_out 0x0 0x0 0 user 6 3 8 0 iret\n"
          "fetch 0x1000 0x61000 3 user 6 3 8 2\n"
          "phase 0x0 0x0 0 user 6 3 8 0 measured\n");
    refuses(IMPORT_CSV, "kind,where\n", 1,
            "'where' is no column; kind, address, physical, size, mode, domain, space, "
            "thread, code and detail are");
    refuses(IMPORT_CSV, "kind,kind\n", 1, "there are two columns kind");
    refuses(IMPORT_CSV, "kind,size\n", 1, "the columns kind and address are needed");
    refuses(IMPORT_CSV, "", CB_NOWHERE, "a line of column names was expected");
    refuses(IMPORT_CSV, "kind,address\nload\n", 2,
            "the row has 1 fields, 2 were expected");
    refuses(IMPORT_CSV, "kind,address\nload,1,2\n", 2, "the row has more than 2 fields");
    refuses(IMPORT_CSV, "kind,address\njump,1\n", 2, "'jump' is no kind of record");
    refuses(IMPORT_CSV, "kind,address\nload,\n", 2, "the address is missing");
    refuses(IMPORT_CSV, "kind,address\nload,1f\n", 2,
            "address is '1f', a number up to 18446744073709551615 was expected");
    refuses(IMPORT_CSV, "kind,address,mode\nload,1,admin\n", 2,
            "mode is 'admin', user or kernel was expected");
    refuses(IMPORT_CSV, "kind,address,size\nload,1,0\n", 2, "size is 0");
}

/* One record: ip 0x401000, stores to 0x7008, loads from 0x6000 and 0x6ffc (cut off). */
static void champsim_is_read(void **state)
{
    (void)state;
    uint8_t bytes[2 * 64] = {0};
    const uint64_t values[2][8] = {
        {0x401000, 0x0101, 0x7008, 0, 0x6000, 0, 0x6ffc, 0},
        {0x401004, 0, 0, 0, 0, 0, 0, 0},
    };
    for (int i = 0; i < 16; i++)
        for (int byte = 0; byte < 8; byte++)
            bytes[8 * i + byte] = (uint8_t)(values[i / 8][i % 8] >> 8 * byte);
    struct cb_error error;
    struct import_result result;
    const struct import_options options = {.format = IMPORT_CHAMPSIM};
    assert_true(import_bytes(bytes, sizeof bytes, &options, &result, &error));
    struct text text = export_file(scratch_path("imported.xbt"), EXPORT_TEXT);
    assert_string_equal(strstr(text.bytes, "state"),
                        "state user 1 1 1\n"
                        "fetch 0x401000 0x401000 4 user 1 1 1 0\n"
                        "load 0x6000 0x6000 8 user 1 1 1 0\n"
                        "load 0x6ffc 0x6ffc 4 user 1 1 1 0\n"
                        "store 0x7008 0x7008 8 user 1 1 1 0\n"
                        "fetch 0x401004 0x401004 4 user 1 1 1 1\n");
    free(text.bytes);
    assert_false(import_bytes(bytes, 100, &options, &result, &error));
    assert_string_equal(error.sentence, "the file ends within a record of 64 bytes");
    assert_int_equal(error.byte, 100);
}

static void drmemtrace_is_read(void **state)
{
    (void)state;
    gives(IMPORT_DRMEMTRACE,
          "Output format:\n"
          "<--record#-> <--instr#->: <---tid---> <record details>\n"
          "------------------------------------------------------------\n"
          "           1           0:      296231 <marker: version 6>\n"
          "          87          63:      296231 ifetch       2 byte(s) @ "
          "0x0000000000401026 0f 05                syscall  -> %rcx %r11\n"
          "          88          63:      296231 read         8 byte(s) @ "
          "0x00007ffd00001000 by PC 0x0000000000401026\n"
          "          94          68:      296231                             00\n"
          "          95          69:   T296232 ifetch       4 byte(s) @ 0x401028 "
          "non-branch\n"
          "          96          69: W0.T296232 write        4 byte(s) @ 0x5000 by PC "
          "0x401028\n"
          "View tool results:\n"
          "              6 : total instructions\n",
          "state user 1 1 296231\n"
          "fetch 0x401026 0x401026 2 user 1 1 296231 0\n"
          "load 0x7ffd00001000 0x7ffd00001000 8 user 1 1 296231 0\n"
          "crossing_in 0x0 0x0 0 kernel 1 1 296231 0 call\n"
          "thread_switch 0x48528 0x1 0 kernel 1 1 296232 0 0\n"
          "crossing_out 0x0 0x0 0 user 1 1 296232 0 iret\n"
          "fetch 0x401028 0x401028 4 user 1 1 296232 1\n"
          "store 0x5000 0x5000 4 user 1 1 296232 1\n");
    refuses(IMPORT_DRMEMTRACE, " 1 1: x ifetch 2 byte(s) @ 0x1\n", 1,
            "a thread's number was expected after the colon");
    refuses(IMPORT_DRMEMTRACE, " 1 1: 5 ifetch two byte(s) @ 0x1\n", 1,
            "SIZE byte(s) @ ADDRESS was expected after ifetch");
    refuses(IMPORT_DRMEMTRACE, " 1 1: 5 read 0 byte(s) @ 0x1\n", 1,
            "the size is not 1 to 4096");
}

static void execlog_is_read(void **state)
{
    (void)state;
    gives(IMPORT_EXECLOG,
          "0, 0xa12, 0xf8012400, \"movs r0, #0\"\n"
          "1, 0xb00, 0x0, \"nop\"\n"
          "0, 0xa14, 0xf87f42b4, \"cmp r4, r6\", load, 0x200000e4, RAM, store, "
          "0x20000ffe\n"
          "0, 0xd34, 0xf9c8f000, \"bl #0x10c8\", r0 -> 0x1, store, 0x20001000, RAM\n",
          "state user 1 1 1\n"
          "fetch 0xa12 0xa12 4 user 1 1 1 0\n"
          "fetch 0xa14 0xa14 4 user 1 1 1 1\n"
          "load 0x200000e4 0x200000e4 4 user 1 1 1 1\n"
          "store 0x20000ffe 0x20000ffe 2 user 1 1 1 1\n"
          "fetch 0xd34 0xd34 4 user 1 1 1 2\n"
          "store 0x20001000 0x20001000 4 user 1 1 1 2\n");
    refuses(IMPORT_EXECLOG, "0, 0xa12, 0xf8012400, movs\n", 1,
            "CPU, ADDRESS, OPCODE, \"TEXT\" were expected here");
    refuses(IMPORT_EXECLOG, "0, 0xa12, 0x1, \"nop\", load, RAM\n", 1,
            "an address was expected after load or store");
    refuses(IMPORT_EXECLOG, "0, 0xa12, 0x1, \"nop\" load\n", 1,
            "a comma was expected after the instruction");
}

/* Random traces, all kinds of record, blocks, losses: text and back are the same bytes.
 */
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
        cmocka_unit_test(din_is_read),
        cmocka_unit_test(what_is_skipped_and_assumed_is_said),
        cmocka_unit_test(extended_din_is_read),
        cmocka_unit_test(lackey_is_read),
        cmocka_unit_test(lines_mark_domains),
        cmocka_unit_test(windows_attribute_accesses),
        cmocka_unit_test(csv_is_read),
        cmocka_unit_test(champsim_is_read),
        cmocka_unit_test(drmemtrace_is_read),
        cmocka_unit_test(execlog_is_read),
        cmocka_unit_test(text_gives_the_same_bytes),
        cmocka_unit_test(text_that_is_wrong_is_refused),
        cmocka_unit_test(traces_leave_in_other_formats),
        cmocka_unit_test(compressed_files_are_read),
        cmocka_unit_test(odd_input_is_refused),
        cmocka_unit_test(progress_can_stop_an_import),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
