#include "machine_fields.h"

#include <stdlib.h>
#include <string.h>

#define AT(type, member)                                                                 \
    .offset = offsetof(struct type, member), .width = sizeof((struct type *)0)->member
#define TIME                   .kind = FIELD_CYCLES, .low = 0, .high = MACHINE_TIME_LIMIT
#define COUNT(lowest, highest) .kind = FIELD_COUNT, .low = (lowest), .high = (highest)
#define CHOICE(names)          .kind = FIELD_CHOICE, .choices = (names)
#define TRUTH                  .kind = FIELD_TRUTH
#define ELSE(value)            .optional = true, .fallback = (value)
#define FIELDS(array)                                                                    \
    {                                                                                    \
        (array), sizeof(array) / sizeof((array)[0])                                      \
    }

static const char *const holds[] = {"both", "instructions", "data", NULL};
static const char *const modes[] = {"both", "kernel", "user", NULL};
static const char *const replacements[] = {"lru", "tree-plru", "fifo", "random", NULL};
static const char *const walks[] = {"fixed", "hardware", "software", NULL};
static const char *const writes[] = {"back", "through", NULL};
static const char *const write_backs[] = {"counted", "written", NULL};
static const char *const inclusions[] = {"neither", "inclusive", "exclusive", NULL};
static const char *const addresses[] = {"physical", "virtual", NULL};
static const char *const flushes[] = {"all", "non_global", NULL};
static const char *const large_pages[] = {"recorded", "kernel", NULL};
static const char *const run_outs[] = {"flush", "recycle", NULL};
static const char *const pairings[] = {"none", "p5", NULL};

static const struct machine_field top[] = {
    {"clock_khz", AT(machine, clock_khz), .kind = FIELD_KHZ, .low = 1, .high = 10000000},
    {"pairing", AT(machine, pairing), CHOICE(pairings), ELSE(MACHINE_PAIRING_NONE)},
};

static const struct machine_field tlb[] = {
    {"level", AT(machine_tlb, level), COUNT(1, MACHINE_LEVELS)},
    {"holds", AT(machine_tlb, holds), CHOICE(holds)},
    {"mode", AT(machine_tlb, mode), CHOICE(modes), ELSE(MACHINE_ANY_MODE)},
    {"entries", AT(machine_tlb, entries), COUNT(1, 1 << 20)},
    {"ways", AT(machine_tlb, ways), .kind = FIELD_WAYS, .low = 1, .high = 1 << 20},
    {"page_sizes", AT(machine_tlb, page_sizes), .kind = FIELD_PAGE_SIZES, .low = 4096,
     .high = 1 << 30},
    {"replacement", AT(machine_tlb, replacement), CHOICE(replacements)},
    {"seed", AT(machine_tlb, seed), COUNT(0, INT64_MAX), ELSE(1)},
    {"asid_bits", AT(machine_tlb, asid_bits), COUNT(0, 16), ELSE(0)},
    {"global_pages", AT(machine_tlb, global_pages), TRUTH, ELSE(0)},
    {"latency", AT(machine_tlb, latency), TIME, ELSE(0)},
};

static const struct machine_field walk[] = {
    {"kind", AT(machine, walk), CHOICE(walks)},
    {"cycles", AT(machine, walk_time), TIME},
};

static const struct machine_field cache[] = {
    {"level", AT(machine_cache, level), COUNT(1, MACHINE_LEVELS)},
    {"holds", AT(machine_cache, holds), CHOICE(holds)},
    {"size", AT(machine_cache, size), .kind = FIELD_BYTES, .low = 1, .high = 1 << 30},
    {"ways", AT(machine_cache, ways), .kind = FIELD_WAYS, .low = 1, .high = 1 << 28},
    {"line", AT(machine_cache, line), .kind = FIELD_BYTES, .low = 4, .high = 4096},
    {"replacement", AT(machine_cache, replacement), CHOICE(replacements)},
    {"seed", AT(machine_cache, seed), COUNT(0, INT64_MAX), ELSE(1)},
    {"write", AT(machine_cache, write), CHOICE(writes)},
    {"write_allocate", AT(machine_cache, write_allocate), TRUTH},
    {"write_backs", AT(machine_cache, write_backs), CHOICE(write_backs),
     ELSE(MACHINE_WRITE_BACKS_COUNTED)},
    {"inclusion", AT(machine_cache, inclusion), CHOICE(inclusions),
     ELSE(MACHINE_NEITHER)},
    {"index", AT(machine_cache, index), CHOICE(addresses), ELSE(MACHINE_PHYSICAL)},
    {"tag", AT(machine_cache, tag), CHOICE(addresses), ELSE(MACHINE_PHYSICAL)},
    {"asid_bits", AT(machine_cache, asid_bits), COUNT(0, 16), ELSE(0)},
    {"latency", AT(machine_cache, latency), TIME, ELSE(0)},
};

static const struct machine_field memory[] = {
    {"latency", AT(machine, memory_latency), TIME},
    {"large_pages", AT(machine, large_pages), CHOICE(large_pages),
     ELSE(MACHINE_LARGE_RECORDED)},
};

static const struct machine_field switching[] = {
    {"cr3_flushes", AT(machine_switch, cr3_flushes), CHOICE(flushes)},
    {"tags_run_out", AT(machine_switch, tags_run_out), CHOICE(run_outs),
     ELSE(MACHINE_TAGS_FLUSH)},
    {"kpti", AT(machine_switch, kpti), TRUTH, ELSE(0)},
    {"process_context_ids", AT(machine_switch, process_context_ids), TRUTH, ELSE(1)},
};

const struct machine_fields machine_top_fields = FIELDS(top);
const struct machine_fields machine_tlb_fields = FIELDS(tlb);
const struct machine_fields machine_walk_fields = FIELDS(walk);
const struct machine_fields machine_cache_fields = FIELDS(cache);
const struct machine_fields machine_memory_fields = FIELDS(memory);
const struct machine_fields machine_switch_fields = FIELDS(switching);

int64_t machine_field_get(const struct machine_field *field, const void *object)
{
    /* Members are bool, uint8_t, uint32_t, uint64_t and int64_t; the last two are held
     * to the range of int64_t when they are read. */
    const char *at = (const char *)object + field->offset;
    if (field->width == sizeof(uint8_t))
        return *(const uint8_t *)at;
    if (field->width == sizeof(uint32_t))
        return *(const uint32_t *)(const void *)at;
    int64_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

void machine_field_put(const struct machine_field *field, void *object, int64_t value)
{
    char *at = (char *)object + field->offset;
    uint8_t narrow = (uint8_t)value;
    uint32_t middle = (uint32_t)value;
    if (field->width == sizeof narrow)
        memcpy(at, &narrow, sizeof narrow);
    else if (field->width == sizeof middle)
        memcpy(at, &middle, sizeof middle);
    else
        memcpy(at, &value, sizeof value);
}

/* ---- notes ---- */

static struct machine_notes *notes_of(struct machine *machine)
{
    if (machine->notes == NULL)
        machine->notes = calloc(1, sizeof *machine->notes);
    return machine->notes;
}

static bool make_room(struct machine *machine)
{
    struct machine_notes *notes = notes_of(machine);
    if (notes == NULL)
        return false;
    if (notes->count < notes->capacity)
        return true;
    size_t capacity = notes->capacity * 2 + 64;
    struct machine_note *list = reallocarray(notes->list, capacity, sizeof *list);
    if (list == NULL)
        return false;
    notes->list = list;
    notes->capacity = capacity;
    return true;
}

bool machine_note_add(struct machine *machine, const char *path, const char *source,
                      char flag)
{
    if (source == NULL && flag == 0)
        return true;
    if (!make_room(machine))
        return false;
    struct machine_note *note = &machine->notes->list[machine->notes->count++];
    *note = (struct machine_note){.path = strdup(path), .flag = flag};
    if (source != NULL)
        note->source = strdup(source);
    return note->path != NULL && (source == NULL || note->source != NULL);
}

const struct machine_note *machine_note_find(const struct machine *machine,
                                             const char *path)
{
    const struct machine_notes *notes = machine->notes;
    for (size_t i = 0; notes != NULL && i < notes->count; i++)
        if (strcmp(notes->list[i].path, path) == 0)
            return &notes->list[i];
    return NULL;
}

bool machine_change_add(struct machine *machine, const char *change)
{
    struct machine_notes *notes = notes_of(machine);
    if (notes == NULL)
        return false;
    char **changes =
        reallocarray(notes->changes, notes->change_count + 1, sizeof *changes);
    if (changes == NULL)
        return false;
    notes->changes = changes;
    changes[notes->change_count] = strdup(change);
    return changes[notes->change_count++] != NULL;
}

const char *machine_change(const struct machine *machine, size_t index)
{
    const struct machine_notes *notes = machine->notes;
    return notes != NULL && index < notes->change_count ? notes->changes[index] : NULL;
}

void machine_free(struct machine *machine)
{
    struct machine_notes *notes = machine->notes;
    for (size_t i = 0; notes != NULL && i < notes->count; i++) {
        free(notes->list[i].path);
        free(notes->list[i].source);
    }
    for (size_t i = 0; notes != NULL && i < notes->change_count; i++)
        free(notes->changes[i]);
    if (notes != NULL) {
        free(notes->list);
        free(notes->changes);
    }
    free(notes);
    machine->notes = NULL;
}
