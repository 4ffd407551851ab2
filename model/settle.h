/* settle.h - from events in three worlds to charges.
 *
 * Work's solo events are its own. What it missed in the merged world beyond that is
 * competition; what it missed in the shared world beyond the merged is isolation. All
 * events of the path are the boundary's. Each event is charged once.
 */
#ifndef CROSSBILL_SETTLE_H
#define CROSSBILL_SETTLE_H

#include "model/prepare.h"

struct settler {
    const struct layout *layout;
    struct ledger *ledger;
    struct bills *bills;
    enum trace_phase phase;
    int64_t total; /* millicycles of all events of the shared world */
};

struct events {
    const uint32_t *shared, *merged, *solo; /* per ref */
    const struct reason *reasons;
};

void settle(struct settler *settler, const struct batch *batch,
            const struct events *events);

#endif
