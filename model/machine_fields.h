/* machine_fields.h - the keys of a machine file and where in the structs they go.
 *
 * One table per object serves reading, writing, overriding and listing, so that they
 * cannot disagree. Internal to model/.
 */
#ifndef CROSSBILL_MACHINE_FIELDS_H
#define CROSSBILL_MACHINE_FIELDS_H

#include "machine.h"

enum machine_field_kind {
    FIELD_COUNT,
    FIELD_BYTES,
    FIELD_KHZ,
    FIELD_CYCLES,
    FIELD_TRUTH,
    FIELD_CHOICE,
    FIELD_WAYS,      /* a count or "full", which is stored as 0 until it is resolved */
    FIELD_PAGE_SIZES /* an array of sizes; the field is page_sizes of struct machine_tlb
                      */
};

struct machine_field {
    const char *key;
    enum machine_field_kind kind;
    uint8_t width; /* bytes of the member */
    size_t offset; /* of the member in its struct */
    int64_t low, high;
    const char *const *choices; /* names in the order of the enum, then NULL */
    bool optional;
    int64_t fallback; /* where optional and absent */
};

struct machine_fields {
    const struct machine_field *list;
    size_t count;
};

#define MACHINE_FIELDS_MOST 20

/* The objects of a machine file, in the order in which figures are listed. */
extern const struct machine_fields machine_top_fields;    /* of struct machine */
extern const struct machine_fields machine_tlb_fields;    /* of struct machine_tlb */
extern const struct machine_fields machine_walk_fields;   /* of struct machine */
extern const struct machine_fields machine_cache_fields;  /* of struct machine_cache */
extern const struct machine_fields machine_memory_fields; /* of struct machine */
extern const struct machine_fields machine_switch_fields; /* of struct machine_switch */

int64_t machine_field_get(const struct machine_field *field, const void *object);
void machine_field_put(const struct machine_field *field, void *object, int64_t value);

/* Where figures come from: what machine->notes points to. */
struct machine_note {
    char *path;
    char *source; /* or NULL */
    char flag;    /* or 0 */
};
struct machine_notes {
    struct machine_note *list;
    size_t count, capacity;
    char **changes;
    size_t change_count;
};

/* Does nothing for a figure without source and flag. False: out of memory. */
bool machine_note_add(struct machine *machine, const char *path, const char *source,
                      char flag);
/* False: out of memory. */
bool machine_change_add(struct machine *machine, const char *change);
/* NULL: nothing is known. */
const struct machine_note *machine_note_find(const struct machine *machine,
                                             const char *path);

#endif
