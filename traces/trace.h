/* trace.h - read, write and check crossbill traces (.xbt).
 *
 * A trace is what one CPU did, in program order: accesses (fetch, load, store) and
 * events (crossings, switches, IPC, ...). The file format is specified byte by byte in
 * the second half of this header.
 *
 * Ownership: whatever a reader hands out stays the reader's and lives until it is closed,
 * except blocks, which are the caller's (trace_block_init, trace_block_free).
 * A reader may be used by several threads at once for trace_read_block only.
 */
#ifndef CROSSBILL_TRACE_H
#define CROSSBILL_TRACE_H

#include "error.h"

#define TRACE_VERSION        2 /* written; versions from 1 on are read */
#define TRACE_DOMAIN_CURRENT 0xffffu /* region owner: whichever domain runs the code */
#define TRACE_NO_CODE        0xffffffffu
#define TRACE_NAME_SIZE      32

enum trace_kind {
    TRACE_FETCH, /* one instruction; size is its length. One with a rep prefix is
                    n + 1 fetches of one location for n turns. One that crosses a page is
                    two: its own location's, cut at the page, then a location's of length
                    0 for the rest, which is no instruction itself. One that faults was
                    fetched, and is fetched again when it restarts */
    TRACE_LOAD,
    TRACE_STORE,
    TRACE_CROSSING_IN,    /* detail enum trace_cause; a vector, b stack pointer before the
                             processor's pushes (linear), size bytes pushed; 0: sysenter,
                             which pushes nothing and reads no table */
    TRACE_CROSSING_OUT,   /* detail enum trace_exit; a 1 when it returns to the kernel (a
                             nested entry), else 0. Stands between the returning
                             instruction's accesses and the first fetch after it */
    TRACE_THREAD_SWITCH,  /* a new thread, b its domain */
    TRACE_SPACE_SWITCH,   /* detail enum trace_how; a new CR3 value, b new space number */
    TRACE_IPC_SEND,       /* detail enum trace_ipc; a receiving thread, b bytes */
    TRACE_IPC_RECEIVE,    /* a sending thread, b bytes */
    TRACE_PAGE_TABLE,     /* detail enum trace_mapping; code is the directory index; a the
                             CR3 value, b the physical address of the page-table page, or
                             of the page of 4 MiB, that is now in use there */
    TRACE_REQUEST_BEGIN,  /* a number of the workload's request */
    TRACE_REQUEST_END,
    TRACE_PHASE,          /* detail enum trace_phase */
    TRACE_LOST,           /* a records lost here */
    TRACE_KINDS
};

enum trace_cause { TRACE_CAUSE_CALL, TRACE_CAUSE_FAULT, TRACE_CAUSE_INTERRUPT };
enum trace_exit { TRACE_EXIT_IRET, TRACE_EXIT_SYSEXIT };
enum trace_how { TRACE_HOW_NONE, TRACE_HOW_CR3, TRACE_HOW_SEGMENT };
enum trace_ipc { TRACE_IPC_IS_CALL, TRACE_IPC_IS_REPLY, TRACE_IPC_IS_SEND };
enum trace_mapping { TRACE_MAPS_TABLE, TRACE_MAPS_LARGE_PAGE };
enum trace_phase { TRACE_PHASE_WARM_UP, TRACE_PHASE_MEASURED };
enum trace_domain_kind {
    TRACE_DOMAIN_KERNEL,
    TRACE_DOMAIN_LARGE,     /* own page directory */
    TRACE_DOMAIN_SMALL,     /* a segment window of a shared directory */
    TRACE_DOMAIN_EXTENSION, /* in the kernel's own space (SPIN, monolithic) */
    TRACE_DOMAIN_KINDS
};

/* What code is for (DESIGN: path is what exists only because of the boundary). */
enum trace_role {
    TRACE_WORK,
    TRACE_BORDER,
    TRACE_KERNEL_PATH,
    TRACE_THREAD_SWITCHING,
    TRACE_SPACE_SWITCHING,
    TRACE_BINDING,
    TRACE_IDLE,
    TRACE_ROLES
};

/* One record, decoded. The last line of fields is the state in which it happened: for an
 * event that changes the state, the state after it. */
struct trace_record {
    union {
        uint64_t vaddr; /* accesses: linear address (segment base added) */
        uint64_t a;
    };
    union {
        uint64_t paddr; /* accesses: physical address */
        uint64_t b;
    };
    uint32_t code;   /* accesses: index of the instruction's code location */
    uint32_t thread; /* current thread */
    uint16_t domain; /* whose access: the code's owner, or else the thread's domain */
    uint16_t space;  /* current address space */
    uint8_t kind;    /* enum trace_kind */
    uint8_t size;    /* accesses: bytes, 1..255; never crosses a 4096-byte page */
    uint8_t user;    /* 1: user mode */
    uint8_t detail;  /* events: see enum trace_kind */
};

/* A code location: once in the trace, whatever the number of its fetches. */
struct trace_code {
    uint64_t vaddr;
    uint64_t paddr;
    uint16_t domain; /* owner from the innermost region, or TRACE_DOMAIN_CURRENT */
    uint8_t role;    /* enum trace_role, from the innermost region; none: TRACE_WORK */
    uint8_t length;  /* 1..15; 0 for imported traces, whose instructions are unknown */
    uint8_t bytes[15];
};

struct trace_domain {
    uint16_t id; /* 0 is the kernel */
    uint8_t kind; /* enum trace_domain_kind */
    uint64_t base, limit; /* linear window of the domain; limit is past its end */
    char name[TRACE_NAME_SIZE];
};

/* Regions may nest; the smallest that holds an address decides. */
struct trace_region {
    uint64_t base, limit; /* physical; limit is past the end */
    uint8_t role;
    uint16_t domain; /* or TRACE_DOMAIN_CURRENT */
    char name[TRACE_NAME_SIZE];
};

/* What replay needs to synthesise the processor's unseen accesses at a trap. All zero in
 * traces of machines that have none. */
struct trace_tables {
    uint64_t idt, gdt, tss;     /* linear addresses */
    uint64_t idt_physical, gdt_physical, tss_physical;
    uint16_t kernel_cs, kernel_ss; /* selectors that a trap loads */
};

/* ---- reading ---- */

struct trace_info {
    uint32_t version;
    const char *header;      /* the JSON header, NUL-terminated */
    const char *scenario;    /* from the header, "" if absent */
    const char *structure;
    const char *tool;        /* what wrote it, with its version */
    uint64_t records;        /* all; of them: */
    uint64_t kinds[TRACE_KINDS];
    uint64_t lost;           /* sum over TRACE_LOST */
    uint64_t file_bytes;
    uint64_t cut_at;         /* byte after the last whole block when the file was cut;
                                CB_NOWHERE for a complete file */
    char sha256[65];         /* of the whole file, hexadecimal; see trace_hash() */
};

struct trace_reader;
struct trace_block {
    struct trace_record *records;
    size_t count, capacity;
    uint64_t first; /* number of the first record */
    void *scratch;  /* the decoder's */
};

/* NULL on error. A file that was cut is opened up to its last whole block: see cut_at. */
struct trace_reader *trace_open(const char *path, struct cb_error *error);
void trace_close(struct trace_reader *reader);
const struct trace_info *trace_info(const struct trace_reader *reader);
/* Fill in info->sha256 (it reads the whole file once). */
bool trace_hash(struct trace_reader *reader, struct cb_error *error);

const struct trace_code *trace_codes(const struct trace_reader *reader, uint32_t *count);
const struct trace_domain *trace_domains(const struct trace_reader *, size_t *count);
const struct trace_region *trace_regions(const struct trace_reader *, size_t *count);
const struct trace_tables *trace_tables(const struct trace_reader *reader);
const char *trace_domain_name(const struct trace_reader *reader, uint16_t id);

/* Blocks are numbered from 0 in trace order and decode independently of each other. */
size_t trace_blocks(const struct trace_reader *reader);
void trace_block_init(struct trace_block *block);
void trace_block_free(struct trace_block *block);
bool trace_read_block(const struct trace_reader *reader, size_t number,
                      struct trace_block *block, struct cb_error *error);

/* ---- writing ---- */

struct trace_writer;

/* Writes to a temporary file beside `path`, which trace_finish() renames to it. `header`
 * is a JSON object as text; the members scenario, structure and tool are strings. */
struct trace_writer *trace_create(const char *path, const char *header,
                                  struct cb_error *error);

/* The calls below never fail by themselves: the first error is kept and trace_finish()
 * reports it. trace_failed() tells early. */
bool trace_failed(const struct trace_writer *writer);
void trace_put_domain(struct trace_writer *writer, const struct trace_domain *domain);
void trace_put_region(struct trace_writer *writer, const struct trace_region *region);
void trace_put_tables(struct trace_writer *writer, const struct trace_tables *tables);

/* The number of the code location with this address and these bytes, new or known.
 * length 0: bytes unknown. */
uint32_t trace_put_code(struct trace_writer *writer, uint64_t vaddr, uint64_t paddr,
                        const uint8_t *bytes, uint8_t length);

/* Accesses. A fetch's address and size are its code location's, cut at the page's end
 * (`size` counts only where the location has length 0). A load or store belongs to the
 * last fetch; one that crosses a page is given as two. */
void trace_put_fetch(struct trace_writer *writer, uint32_t code, uint8_t size);
void trace_put_data(struct trace_writer *writer, enum trace_kind kind, uint64_t vaddr,
                    uint64_t paddr, uint8_t size);
/* Events: kind, detail, a, b, size and code are taken from the record; the state fields
 * are the writer's own business. */
void trace_put_event(struct trace_writer *writer, const struct trace_record *event);
/* The state before the first record (defaults: thread 0, domain 0, space 0, kernel), or
 * right after a TRACE_LOST, where it may have changed unseen. */
void trace_put_state(struct trace_writer *writer, uint32_t thread, uint16_t domain,
                     uint16_t space, bool user);

/* Records put so far. */
uint64_t trace_written(const struct trace_writer *writer);

/* Write what is buffered and the index, rename into place. Frees the writer either way;
 * on failure nothing is left at `path` that was not there before. */
bool trace_finish(struct trace_writer *writer, struct cb_error *error);
void trace_abandon(struct trace_writer *writer);

/* ---- the file format, version 2 ----
 *
 * Version 1 differs in its number, and in that it knows no large pages: the detail of its
 * page-table events is 0. So a file whose number has been changed reads as before, or is
 * refused.
 *
 * Numbers are little endian. u8, u16, u32, u64 are unsigned, of that many bits. A varint
 * is a u64 in groups of seven bits, least significant group first, one per byte, the top
 * bit set in all but the last; at most 10 bytes, and the tenth is 0 or 1. A `difference`
 * is a varint that holds a signed 64-bit number d as 2d (d >= 0) or -2d-1 (d < 0); sums
 * wrap around at 2^64. `sum(x)` is XXH64 with seed 0 of the bytes x (xxHash specification
 * 0.1.1). A file is: header, blocks, index, footer.
 *
 * Header
 *    0  8 bytes  89 58 42 54 0d 0a 1a 0a ("\x89XBT\r\n\x1a\n")
 *    8  u32      version, 2
 *   12  u32      length n of the JSON text, at most 2^20
 *   16  u64      sum(JSON text)
 *   24  n bytes  JSON text: an object without repeated members or NULs; its members
 *                scenario, structure and tool, where present, are strings
 *
 * Block
 *    0  u32      6b6c4258 ("XBlk")
 *    4  u32      type: 1 definitions, 2 records, 3 index
 *    8  u32      count c of definitions, records or index entries
 *   12  u32      raw size r
 *   16  u64      stored size s
 *   24  u64      definitions: code locations defined in earlier blocks; records and
 *                index: records in earlier blocks
 *   32  u64      sum(the s stored bytes)
 *   40  u64      sum(bytes 0 to 39)
 *   48  s bytes  stored
 * is valid if and only if both sums are right, the number at 24 is right, and
 *   type 1: s = r, and the stored bytes are exactly c definitions
 *   type 2: 1 <= c <= 65536, 1 <= r <= 2621440, and the stored bytes are a preamble and
 *           one zstd frame of r bytes, which are tokens of exactly c records, of the
 *           kinds that the preamble counts
 *   type 3: s = r = 120 + 16 c, and the stored bytes are an index
 *
 * Definition: one of
 *    u8 1, u8 length (at most 15), difference of the virtual address from the end of the
 *        code location before it in this block (from 0 for the first), difference of
 *        (physical - virtual) from that of the code location before (from 0), the bytes.
 *        Code locations are numbered from 0 through the whole file.
 *    u8 2, u16 id (not ffff), u8 kind, u64 base, u64 limit (>= base), u8 n < 32, n bytes
 *        of name without NUL: a domain. A later one with the same id replaces it.
 *    u8 3, u8 role, u16 domain, u64 base, u64 limit (> base), u8 n < 32, n bytes of name:
 *        a region. Of regions of one size that hold an address the later is the inner.
 *    u8 4, u64 idt, gdt, tss, idt_physical, gdt_physical, tss_physical, u16 kernel_cs,
 *        kernel_ss: the tables. A later one replaces it.
 * A definition stands in an earlier block than the records that need it, except regions
 * and domains, which may come anywhere.
 *
 * Preamble: the state before the block's first record, and its totals
 *    0  u32      current thread
 *    4  u16      the thread's domain
 *    6  u16      address space
 *    8  u32      1: user mode, 0: kernel mode
 *   12  u32      code location of the last fetch; ffffffff: none yet
 *   16  14 u32   records of each kind in this block
 *   72  u64      sum of `a` over the block's lost records, modulo 2^64
 *
 * Tokens. Decoding keeps, and forgets at the start of each block:
 *    per code location (and "none yet"): the next code location, first guess: the number
 *        after its own (0 after none); the last address loaded from and stored to, first
 *        guess: the address of the last load or store in this block when the location is
 *        first fetched or is current in this block (0: none yet); and the size of its
 *        last fetch, first guess: its length, or 4 where that is 0, but at most up to the
 *        end of its page
 *    translations: 1024 numbers, first 0. That of a load or store is number
 *        (vaddr / 4096 + space * 9e37 hexadecimal) mod 1024, and is paddr - vaddr
 *    per kind of event: the last a, b, code, detail and size, first 0
 * A token is a u8, op * 8 + run, then, if run is 7, a varint that is added to run. First
 * come `run` fetches, each of the next code location after the last, with its last size.
 * Then, by op:
 *    0  nothing more (run > 0)
 *    1  a fetch: difference of the code location from the last one's number + 1
 *    2  the same, then u8 size, 1..255 and not across the page's end, where the
 *       location's length is 0
 *    3  an event: u8 kind, plus 10 if a u8 detail, 20 if a u8 size, 40 if a varint code
 *       (below 2^32) differs from the last and follows, in this order (all hexadecimal);
 *       then differences of a and of b from the last. A crossing out has a <= 1, a thread
 *       switch a < 2^32 and b < 2^16, a space switch b < 2^16, a page table detail <= 1
 *       and, where that is 1, b < 2^32 and a multiple of 2^22
 *    4 + 12 x store + 2 x size class + change: a load or store: difference of the address
 *       from the location's last of this kind; the size classes 0..5 are sizes 1, 2, 4,
 *       8, 16 and any: u8 size, 1..255, follows; if change is 1, the translation's change
 *       d follows: a varint, 2 * difference(floor(d / 4096)) + (d mod 4096 > 0), and, if
 *       d mod 4096 > 0, that as a varint. An access does not cross a page: vaddr mod 4096
 *       + size is at most 4096
 * The state follows the records: a crossing in goes to kernel mode, a crossing out to
 * user mode if its a is 0, to kernel mode if it is 1; a thread switch sets thread and
 * domain, a space switch the space. A block begins in the state in which the one before
 * it ended, unless that ended in lost records.
 *
 * Index: records of each kind (14 u64), the sum of their lost records' a (u64), then for
 * every block before it, in order: u64 offset in the file, u32 count, u32 type.
 *
 * Footer
 *    0  8 bytes  "XBT-end\n"
 *    8  u64      offset of the index block
 *   16  u64      size of the file
 *   24  u64      sum(bytes 0 to 23)
 *
 * A file is whole if and only if header, blocks, index and footer are valid and follow
 * each other without a gap. A file that has no valid footer at its end was cut if all
 * that stands in it is valid up to where it ends within a block or the footer, or before
 * one of them; it is read up to there. Otherwise it is damaged, and an error says where.
 */

#endif
