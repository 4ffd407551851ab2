/* decoder.h - tokens to records; private to traces/. */
#ifndef CROSSBILL_DECODER_H
#define CROSSBILL_DECODER_H

#include "reader.h"

/* What was learned at a code location. `fetch` is the record of its next fetch, whole
 * while `moment` is the decoder's; what was learned holds since the block's first moment.
 * The slot of code c is c + 1; slot 0 is "no code yet". */
struct slot {
    struct trace_record fetch;
    uint64_t load, store;
    uint64_t moment;
    uint32_t next;
    uint16_t owner;
    uint8_t length;
};

struct decoder {
    const struct trace_code *codes;
    struct slot *slots;
    uint32_t code_count;
    bool large_pages; /* the format's version knows them */
    uint64_t first_moment; /* of this block; no moment comes twice */
    uint64_t moment;       /* another one whenever the state changes */
    uint64_t last_data;
    struct state state;
    uint32_t last_code;
    struct trace_record *records;
    uint32_t count;
    uint32_t kinds[TRACE_KINDS];
    uint64_t lost;
    struct event_memory events[TRACE_KINDS];
    uint64_t translations[TRANSLATIONS];
    const char *problem; /* when decoding failed */
    uint32_t done;       /* records before the problem */
};

/* `end` is followed by TOKEN_MAX zeros. False: see problem and done. */
bool tokens_decode(struct decoder *decoder, const uint8_t *from, const uint8_t *end);
/* Whether the records are of the kinds that the preamble counts. */
bool tokens_agree(struct decoder *decoder, const struct preamble *preamble);

#endif
