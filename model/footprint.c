#include "model/footprint.h"

#define DOMAIN_SHIFT 48 /* numbers of pages and lines are folded to 48 bits in keys */

void footprint_init(struct footprint *footprint, uint8_t line_shift)
{
    *footprint = (struct footprint){.line_shift = line_shift};
}

void footprint_free(struct footprint *footprint)
{
    map_free(&footprint->pages);
    map_free(&footprint->lines);
}

static bool first_in_visit(struct map *map, uint64_t key, uint64_t visit)
{
    if (map_get(map, key, 0) == visit)
        return false;
    map_put(map, key, visit);
    return true;
}

struct footprint_step footprint_touch_slowly(struct footprint *footprint, uint16_t domain,
                                             uint64_t vaddr, uint64_t line)
{
    struct footprint_step step = {0};
    if (footprint->visit == 0 || domain != footprint->domain) {
        footprint->visit++;
        footprint->domain = domain;
        step.visit = true;
    }
    uint64_t fold = (UINT64_C(1) << DOMAIN_SHIFT) - 1, whose = (uint64_t)domain << DOMAIN_SHIFT;
    step.page = first_in_visit(&footprint->pages, (vaddr >> 12 & fold) | whose,
                               footprint->visit);
    step.line = first_in_visit(&footprint->lines, (line & fold) | whose, footprint->visit);
    footprint->filter[line % FOOTPRINT_FILTER].line = line;
    footprint->filter[line % FOOTPRINT_FILTER].visit = footprint->visit;
    return step;
}
