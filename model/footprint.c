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

/* The sides that have touched it in this visit before; and now this one has. */
static unsigned sides_before(struct map *map, uint64_t key, uint64_t visit, unsigned side)
{
    uint64_t seen = map_get(map, key, 0);
    unsigned before = seen >> 2 == visit ? seen & 3 : 0;
    if ((before & side) == 0)
        map_put(map, key, visit << 2 | before | side);
    return before;
}

struct footprint_step footprint_touch(struct footprint *footprint, uint16_t domain,
                                      uint64_t vaddr, uint64_t paddr, unsigned side)
{
    struct footprint_step step = {0};
    uint64_t line = paddr >> footprint->line_shift;
    if (footprint->visit == 0 || domain != footprint->domain) {
        footprint->visit++;
        footprint->domain = domain;
        step.visit = true;
    }
    uint64_t fold = (UINT64_C(1) << DOMAIN_SHIFT) - 1,
             whose = (uint64_t)domain << DOMAIN_SHIFT;
    unsigned page_before = sides_before(&footprint->pages, (vaddr >> 12 & fold) | whose,
                                        footprint->visit, side);
    unsigned line_before =
        sides_before(&footprint->lines, (line & fold) | whose, footprint->visit, side);
    step.page = page_before == 0;
    step.line = line_before == 0;
    step.page_of_side = (page_before & side) == 0;
    step.line_of_side = (line_before & side) == 0;
    footprint->filter[line % FOOTPRINT_FILTER].line = line;
    footprint->filter[line % FOOTPRINT_FILTER].seen =
        footprint->visit << 2 | line_before | side;
    return step;
}
