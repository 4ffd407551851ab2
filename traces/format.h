/* format.h - sizes and codes of the .xbt format, and the state that writer and reader
 * keep alike; private to traces/. The format itself is specified in trace.h. */
#ifndef CROSSBILL_FORMAT_H
#define CROSSBILL_FORMAT_H

#include "bytes.h"
#include "trace.h"

#define FORMAT_MAGIC      "\x89XBT\r\n\x1a\n"
#define FORMAT_MAGIC_SIZE 8
#define FORMAT_FIXED_SIZE 24 /* of the file's header, before the JSON text */
#define FORMAT_JSON_MAX   (1u << 20)

#define FORMAT_OLDEST      1 /* the first version that is read */
#define FORMAT_LARGE_PAGES 2 /* the first that knows them */

#define BLOCK_MARK        0x6b6c4258u /* "XBlk" */
#define BLOCK_HEADER_SIZE 48
#define BLOCK_RECORDS_MAX 65536u
#define TOKEN_MAX         64 /* bytes of the longest token, however it is written */
#define BLOCK_RAW_MAX     (BLOCK_RECORDS_MAX * 40u)

enum block_type { BLOCK_DEFINITIONS = 1, BLOCK_RECORDS = 2, BLOCK_INDEX = 3 };

struct block_header {
    uint32_t type;   /* enum block_type, or what a damaged file says */
    uint32_t count;  /* definitions, records or index entries */
    uint32_t raw;    /* bytes once decompressed */
    uint64_t stored; /* bytes that follow the header */
    uint64_t first;  /* codes defined, or records, before this block */
    uint64_t stored_checksum;
};

/* Before a block's tokens, never compressed. */
#define PREAMBLE_SIZE (16 + 4 * TRACE_KINDS + 8)

#define INDEX_TOTALS_SIZE (8 * TRACE_KINDS + 8)
#define INDEX_ENTRY_SIZE  16

#define FOOTER_MAGIC "XBT-end\n"
#define FOOTER_SIZE  32

enum definition { DEFINE_CODE = 1, DEFINE_DOMAIN, DEFINE_REGION, DEFINE_TABLES };
#define DEFINITION_MAX 128 /* bytes of the longest definition, however it is written */

/* A token is a byte, op << 3 | run, and what the op asks for. */
enum token_op {
    OP_RUN,         /* nothing but the run */
    OP_FETCH,       /* code */
    OP_FETCH_SIZED, /* code, size */
    OP_EVENT,
    OP_DATA, /* + 12 * store + 2 * size class + translation changed */
    OP_END = OP_DATA + 24
};
#define RUN_ESCAPE         7
#define SIZE_CLASS_OTHER   5
#define EVENT_KIND         0x0f
#define EVENT_HAS_DETAIL   0x10
#define EVENT_HAS_SIZE     0x20
#define EVENT_HAS_CODE     0x40
#define EVENT_UNUSED       0x80
#define FETCH_SIZE_DEFAULT 4 /* first guess for locations whose length is unknown */

#define TRANSLATIONS 1024

static inline size_t translation_slot(uint64_t vaddr, uint16_t space)
{
    return ((vaddr >> 12) + space * 0x9e37u) % TRANSLATIONS;
}

struct state {
    uint32_t thread;
    uint16_t domain; /* the thread's */
    uint16_t space;
    uint8_t user;
};

/* What an event does to the state. */
static inline void state_event(struct state *state, enum trace_kind kind, uint64_t a,
                               uint64_t b)
{
    if (kind == TRACE_CROSSING_IN) {
        state->user = 0;
    } else if (kind == TRACE_CROSSING_OUT) {
        state->user = a == 0;
    } else if (kind == TRACE_THREAD_SWITCH) {
        state->thread = (uint32_t)a;
        state->domain = (uint16_t)b;
    } else if (kind == TRACE_SPACE_SWITCH) {
        state->space = (uint16_t)b;
    }
}

#define LARGE_PAGE_SIZE (UINT64_C(1) << 22)

/* Whether an event's numbers are such as its kind can have. */
static inline bool event_is_sound(unsigned kind, unsigned detail, uint64_t a, uint64_t b)
{
    if (kind <= TRACE_STORE || kind >= TRACE_KINDS)
        return false;
    if (kind == TRACE_CROSSING_OUT)
        return a <= 1;
    if (kind == TRACE_THREAD_SWITCH)
        return a <= UINT32_MAX && b <= UINT16_MAX;
    if (kind == TRACE_PAGE_TABLE)
        return detail == TRACE_MAPS_TABLE ||
               (detail == TRACE_MAPS_LARGE_PAGE && b <= UINT32_MAX &&
                b % LARGE_PAGE_SIZE == 0);
    return kind != TRACE_SPACE_SWITCH || b <= UINT16_MAX;
}

/* A fetch's size: `size` cut at the end of the page. */
static inline uint8_t cut_at_page(uint64_t vaddr, uint8_t size)
{
    uint64_t rest = 0x1000 - (vaddr & 0xfff);
    return size < rest ? size : (uint8_t)rest;
}

/* The last event of each kind in this block, which the next is written against. */
struct event_memory {
    uint64_t a, b;
    uint32_t code;
    uint8_t detail, size;
};

void block_header_put(uint8_t *to, const struct block_header *header);
/* False when the mark or the header's own checksum is wrong. */
bool block_header_get(const uint8_t *from, struct block_header *header);

void preamble_put(uint8_t *to, const struct state *state, uint32_t last_code,
                  const uint32_t *kinds, uint64_t lost);

#endif
