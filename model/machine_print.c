/* From struct machine to JSON text, and to a list of its figures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_read.h"
#include "machine_fields.h"
#include "machine_set.h"

/* What a visit of every field does. `object` is the struct that holds the field. */
struct visitor {
    const struct machine *machine;
    void (*see)(struct visitor *visitor, const char *path,
                const struct machine_field *field, const void *object);
    json_t *into;                   /* printing: the JSON object that is being filled */
    struct machine_figure *figures; /* listing */
    size_t count;
};

static void visit(struct visitor *visitor, const char *path,
                  const struct machine_fields *fields, const void *object)
{
    for (size_t i = 0; i < fields->count; i++) {
        char at[JSON_PATH_SIZE];
        snprintf(at, sizeof at, "%s%s%s", path, path[0] != '\0' ? "." : "",
                 fields->list[i].key);
        visitor->see(visitor, at, &fields->list[i], object);
    }
}

/* ---- JSON ---- */

static json_t *with_note(const struct machine *machine, const char *path, json_t *number)
{
    const struct machine_note *note = machine_note_find(machine, path);
    if (note == NULL)
        return number;
    json_t *object = json_pack("{s:o}", "value", number);
    if (note->source != NULL)
        json_object_set_new(object, "source", json_string(note->source));
    if (note->flag != 0)
        json_object_set_new(object, "flag", json_stringn(&note->flag, 1));
    return object;
}

static json_t *page_sizes(const struct machine_tlb *tlb)
{
    json_t *array = json_array();
    for (size_t i = 0; i < tlb->page_size_count; i++)
        json_array_append_new(array, json_integer(tlb->page_sizes[i]));
    return array;
}

static json_t *field_json(const struct machine *machine, const char *path,
                          const struct machine_field *field, const void *object)
{
    int64_t value = machine_field_get(field, object);
    switch (field->kind) {
    case FIELD_COUNT:
    case FIELD_BYTES:
    case FIELD_KHZ:
    case FIELD_WAYS:
        return with_note(machine, path, json_integer(value));
    case FIELD_CYCLES:
        return with_note(machine, path, json_from_cycles(value));
    case FIELD_PAGE_SIZES:
        return with_note(machine, path, page_sizes(object));
    case FIELD_TRUTH:
        return json_boolean(value != 0);
    case FIELD_CHOICE:
        return json_string(field->choices[value]);
    }
    return NULL;
}

static void print_field(struct visitor *visitor, const char *path,
                        const struct machine_field *field, const void *object)
{
    json_object_set_new(visitor->into, field->key,
                        field_json(visitor->machine, path, field, object));
}

static json_t *object_json(const struct machine *machine, const char *path,
                           const struct machine_fields *fields, const void *object)
{
    struct visitor printer = {machine, print_field, json_object(), NULL, 0};
    visit(&printer, path, fields, object);
    return printer.into;
}

static json_t *tlbs_json(const struct machine *machine)
{
    json_t *tlbs = json_object();
    for (size_t i = 0; i < machine->tlb_count; i++) {
        char path[JSON_PATH_SIZE];
        const struct machine_tlb *tlb = &machine->tlbs[i];
        snprintf(path, sizeof path, "tlb.%s", tlb->name);
        json_object_set_new(tlbs, tlb->name,
                            object_json(machine, path, &machine_tlb_fields, tlb));
    }
    return tlbs;
}

static json_t *caches_json(const struct machine *machine)
{
    json_t *caches = json_object();
    for (size_t i = 0; i < machine->cache_count; i++) {
        char path[JSON_PATH_SIZE];
        const struct machine_cache *cache = &machine->caches[i];
        snprintf(path, sizeof path, "cache.%s", cache->name);
        json_object_set_new(caches, cache->name,
                            object_json(machine, path, &machine_cache_fields, cache));
    }
    return caches;
}

static json_t *costs_json(const struct machine *machine)
{
    json_t *costs = json_object();
    for (unsigned i = 0; i < INSTRUCTION_CLASSES; i++) {
        char path[JSON_PATH_SIZE];
        const char *name = instruction_class_name((enum instruction_class)i);
        snprintf(path, sizeof path, "instructions.%s", name);
        json_object_set_new(
            costs, name,
            with_note(machine, path, json_from_cycles(machine->instructions[i])));
    }
    return costs;
}

static void put_changes(json_t *top, const struct machine *machine)
{
    if (machine_change(machine, 0) == NULL)
        return;
    json_t *changes = json_array();
    const char *change;
    for (size_t i = 0; (change = machine_change(machine, i)) != NULL; i++)
        json_array_append_new(changes, json_string(change));
    json_object_set_new(top, MACHINE_CHANGES_KEY, changes);
}

char *machine_to_json(const struct machine *machine)
{
    json_t *top = object_json(machine, "", &machine_top_fields, machine);
    json_object_set_new(top, "name", json_string(machine->name));
    json_object_set_new(top, "title", json_string(machine->title));
    json_object_set_new(top, "tlb", tlbs_json(machine));
    json_object_set_new(top, "walk",
                        object_json(machine, "walk", &machine_walk_fields, machine));
    json_object_set_new(top, "cache", caches_json(machine));
    json_object_set_new(top, "memory",
                        object_json(machine, "memory", &machine_memory_fields, machine));
    json_object_set_new(
        top, "switch",
        object_json(machine, "switch", &machine_switch_fields, &machine->switching));
    json_object_set_new(top, "instructions", costs_json(machine));
    put_changes(top, machine);
    /* Twelve digits show every number of thousandths up to the largest cost exactly. */
    char *text =
        json_dumps(top, JSON_SORT_KEYS | JSON_INDENT(1) | JSON_REAL_PRECISION(12));
    json_decref(top);
    return text;
}

/* ---- figures ---- */

static void add_figure(struct visitor *visitor, const char *path, enum machine_unit unit,
                       int64_t value)
{
    struct machine_figure *figure = &visitor->figures[visitor->count++];
    const struct machine_note *note = machine_note_find(visitor->machine, path);
    *figure = (struct machine_figure){.unit = unit, .value = value};
    snprintf(figure->path, sizeof figure->path, "%s", path);
    if (note != NULL) {
        figure->source = note->source;
        figure->flag = note->flag;
    }
}

/* One figure for each, all under the path that sets them. */
static void add_page_sizes(struct visitor *visitor, const char *path,
                           const struct machine_tlb *tlb)
{
    for (size_t i = 0; i < tlb->page_size_count; i++)
        add_figure(visitor, path, MACHINE_BYTES, tlb->page_sizes[i]);
}

static void list_field(struct visitor *visitor, const char *path,
                       const struct machine_field *field, const void *object)
{
    int64_t value = machine_field_get(field, object);
    /* What the file leaves to its default is no figure of the file. */
    if (field->optional && value == field->fallback &&
        machine_note_find(visitor->machine, path) == NULL)
        return;
    switch (field->kind) {
    case FIELD_COUNT:
    case FIELD_WAYS:
        add_figure(visitor, path, MACHINE_COUNT, value);
        break;
    case FIELD_BYTES:
        add_figure(visitor, path, MACHINE_BYTES, value);
        break;
    case FIELD_KHZ:
        add_figure(visitor, path, MACHINE_KHZ, value);
        break;
    case FIELD_CYCLES:
        add_figure(visitor, path, MACHINE_MILLICYCLES, value);
        break;
    case FIELD_PAGE_SIZES:
        add_page_sizes(visitor, path, object);
        break;
    case FIELD_TRUTH:
    case FIELD_CHOICE:
        break;
    }
}

struct machine_figure *machine_figures(const struct machine *machine, size_t *count)
{
    enum {
        MOST =
            INSTRUCTION_CLASSES + 8 +
            (MACHINE_FIELDS_MOST + MACHINE_PAGE_SIZES) * (MACHINE_TLBS + MACHINE_CACHES)
    };
    struct visitor lister = {machine, list_field, NULL,
                             calloc(MOST, sizeof *lister.figures), 0};
    char path[JSON_PATH_SIZE];
    *count = 0;
    if (lister.figures == NULL)
        return NULL;
    visit(&lister, "", &machine_top_fields, machine);
    for (size_t i = 0; i < machine->tlb_count; i++) {
        snprintf(path, sizeof path, "tlb.%s", machine->tlbs[i].name);
        visit(&lister, path, &machine_tlb_fields, &machine->tlbs[i]);
    }
    visit(&lister, "walk", &machine_walk_fields, machine);
    for (size_t i = 0; i < machine->cache_count; i++) {
        snprintf(path, sizeof path, "cache.%s", machine->caches[i].name);
        visit(&lister, path, &machine_cache_fields, &machine->caches[i]);
    }
    visit(&lister, "memory", &machine_memory_fields, machine);
    for (unsigned i = 0; i < INSTRUCTION_CLASSES; i++) {
        snprintf(path, sizeof path, "instructions.%s",
                 instruction_class_name((enum instruction_class)i));
        add_figure(&lister, path, MACHINE_MILLICYCLES, machine->instructions[i]);
    }
    *count = lister.count;
    return lister.figures;
}
