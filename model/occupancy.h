/* occupancy.h - taking samples of who holds what. Internal to model/. */
#ifndef CROSSBILL_OCCUPANCY_H
#define CROSSBILL_OCCUPANCY_H

#include "model/chronicle.h"
#include "model/hierarchy.h"

bool occupancy_init(struct occupancy *occupancy, size_t structures);
void occupancy_clear(struct occupancy *occupancy);
void occupancy_free(struct occupancy *occupancy);

/* Whether the chance of a regular sample that now comes is to be taken. */
bool occupancy_chance(struct occupancy *occupancy);

/* Makes room first. Samples around switches are dropped when there are too many. */
void occupancy_take(struct occupancy *occupancy, const struct hierarchy *shared,
                    const struct occupancy_sample *sample);

#endif
