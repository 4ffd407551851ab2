/* Foreign formats, each to the exact records that come of it. */
#include "../import_tools.h"

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
          "          96          69: W-1.T281474976710655 <marker: core is idle>\n"
          "          96          69: W0.T296232 write        4 byte(s) @ 0x5000 by PC "
          "0x401028\n"
          "          97          69: W0.T296232 non-fetched  4 byte(s) @ 0x401028 rep "
          "movs\n"
          "          98          69: W0.T296232 pref-w-L1-NT64 byte(s) @ 0x5000 by PC "
          "0x401028\n"
          "          99          69: W0.T296232 <marker: hardware context return\n"
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

/* A system call with a trace of its own, a switch within it, a repetition of rep movs,
 * and pages whose frames are told; the load crosses from one into the other. */
static void drmemtrace_tells_of_the_kernel_and_of_frames(void **state)
{
    (void)state;
    gives(IMPORT_DRMEMTRACE,
          " 8 0: 5 <marker: physical address for following virtual: 0x7f000>\n"
          " 9 0: 5 <marker: virtual address for prior physical: 0x400000>\n"
          " 10 0: 5 <marker: physical address not available for 0x5000>\n"
          " 11 0: 5 <marker: physical address for following virtual: 0x1000>\n"
          " 12 0: 5 <marker: virtual address for prior physical: 0x401000>\n"
          " 13 1: 5 ifetch       2 byte(s) @ 0x0000000000400010 f3 a4    rep movs\n"
          " 14 1: 5 read         4 byte(s) @ 0x0000000000400ffe by PC 0x400010\n"
          " 15 1: 5 ifetch       2 byte(s) @ 0x0000000000400010 non-fetched instruction\n"
          " 16 1: 5 write        1 byte(s) @ 0x0000000000005000 by PC 0x400010\n"
          " 17 1: 5 <marker: system call 39>\n"
          " 17 1: 5 <marker: trace start for system call number 39>\n"
          " 17 1: 5 <marker: trace start for context switch type 2>\n"
          " 17 1: 5 ifetch       1 byte(s) @ 0x00000000deadbe00 90       nop\n"
          " 17 1: 5 <marker: trace end for system call number 39>\n"
          " 18 1: 5 pref-r-L1    1 byte(s) @ 0x0000000000005000 by PC 0x400010\n"
          " 19 1: 5 iflush      64 byte(s) @ 0x0000000000005000 by PC 0x400010\n"
          " 20 1: 5 <thread 5 exited>\n",
          "state user 1 1 5\n"
          "fetch 0x400010 0x7f010 2 user 1 1 5 0\n"
          "load 0x400ffe 0x7fffe 2 user 1 1 5 0\n"
          "load 0x401000 0x1000 2 user 1 1 5 0\n"
          "store 0x5000 0x5000 1 user 1 1 5 0\n"
          "crossing_in 0x0 0x0 0 kernel 1 1 5 0 call\n"
          "fetch 0xdeadbe00 0xdeadbe00 1 kernel 0 1 5 1\n"
          "crossing_out 0x0 0x0 0 user 1 1 5 0 iret\n");
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

/* As printed by the plugin of QEMU 7.2, of a program in user mode and of the firmware. */
static void execlog_of_qemu_is_read(void **state)
{
    (void)state;
    gives(
        IMPORT_EXECLOG,
        "0, 0x8049000, 0xed311c57, \"pushl %edi\", store, 0x4080091c\n"
        "0, 0x8049008, 0x850489, \"movl %eax, 0x804b000(, %eax, 4)\", store, 0x0804b000\n"
        "0, 0x8049026, 0xa4f3, \"rep movsb (%esi), %es:(%edi)\", load, 0x0804b000, "
        "store, "
        "0x0804b040\n"
        "\n"
        "0, 0xfe05b, 0x3e83662e, \"cmpl $0, %cs:0x61c8\", load, 0x103ff61c8, RAM\n",
        "state user 1 1 1\n"
        "fetch 0x8049000 0x8049000 4 user 1 1 1 0\n"
        "store 0x4080091c 0x4080091c 4 user 1 1 1 0\n"
        "fetch 0x8049008 0x8049008 4 user 1 1 1 1\n"
        "store 0x804b000 0x804b000 4 user 1 1 1 1\n"
        "fetch 0x8049026 0x8049026 4 user 1 1 1 2\n"
        "load 0x804b000 0x804b000 4 user 1 1 1 2\n"
        "store 0x804b040 0x804b040 4 user 1 1 1 2\n"
        "fetch 0xfe05b 0xfe05b 4 user 1 1 1 3\n"
        "load 0x103ff61c8 0x103ff61c8 4 user 1 1 1 3\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(din_is_read),
        cmocka_unit_test(what_is_skipped_and_assumed_is_said),
        cmocka_unit_test(extended_din_is_read),
        cmocka_unit_test(lackey_is_read),
        cmocka_unit_test(csv_is_read),
        cmocka_unit_test(champsim_is_read),
        cmocka_unit_test(drmemtrace_is_read),
        cmocka_unit_test(drmemtrace_tells_of_the_kernel_and_of_frames),
        cmocka_unit_test(execlog_is_read),
        cmocka_unit_test(execlog_of_qemu_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
