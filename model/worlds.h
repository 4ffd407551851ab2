/* worlds.h - the same refs in three worlds: shared, merged, solo.
 *
 * Each call replays one batch and writes, for each ref, its mask of events (ref.h).
 */
#ifndef CROSSBILL_WORLDS_H
#define CROSSBILL_WORLDS_H

#include "model/chronicler.h"
#include "model/prepare.h"
#include "model/warmth.h"

struct worlds {
    const struct layout *layout;
    struct hierarchy shared;
    struct hierarchy merged;
    struct hierarchy *solo; /* by domain index */
    size_t domain_count;
    struct warmth warmth; /* of the shared world */
    bool plain;
    struct chronicler *chronicler; /* NULL unless a chronicle is kept */
};

/* Plain: the shared world alone, without reasons. Counters and warmth go to the ledger.
 */
bool worlds_init(struct worlds *worlds, const struct layout *layout,
                 struct ledger *ledger, bool plain);
void worlds_free(struct worlds *worlds);
/* After the last batch: the counters are whole from here on. */
void worlds_count(struct worlds *worlds);
bool worlds_failed(const struct worlds *worlds);

/* Returns how many reasons were written to reasons[], in order: those of the first ref,
 * then those of the second ... Room for REASONS_PER_REF each. */
size_t world_shared(struct worlds *worlds, const struct batch *batch, uint32_t *events,
                    struct reason *reasons);
/* Without reasons. Returns what all events cost, in millicycles. */
int64_t world_shared_plain(struct worlds *worlds, const struct batch *batch);
/* The same of one access that does not hit at once. */
int64_t world_shared_further(struct worlds *worlds, const struct ref *ref);
void world_merged(struct worlds *worlds, const struct batch *batch, uint32_t *events);
void world_solo(struct worlds *worlds, const struct batch *batch, uint32_t *events);

#endif
