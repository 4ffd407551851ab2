/* From the text of a machine file to struct machine: keys, types and ranges here, what
 * fits together in machine.c. */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_read.h"
#include "machine_fields.h"
#include "machine_set.h"

static bool out_of_memory(struct cb_error *error)
{
    return cb_error_set(error, CB_IO, "out of memory");
}

static bool note(struct machine *machine, const struct json_figure *figure,
                 struct cb_error *error)
{
    return machine_note_add(machine, figure->path, figure->source, figure->flag) ||
           out_of_memory(error);
}

/* ---- one field ---- */

static bool read_ways(const struct machine_field *field, const struct json_figure *figure,
                      int64_t *value, struct cb_error *error)
{
    const char *word = json_string_value(figure->value);
    *value = 0;
    if (word != NULL && strcmp(word, "full") == 0)
        return true;
    if (word == NULL)
        return json_whole(figure, field->low, field->high, value, error);
    cb_error_set(error, CB_USAGE,
                 "expected a number of ways or \"full\", found \"%.40s\"", word);
    return cb_error_at_path(error, figure->path);
}

/* One size, or an array of them. */
static bool read_page_sizes(const struct machine_field *field,
                            const struct json_figure *figure, struct machine_tlb *tlb,
                            struct cb_error *error)
{
    bool is_one = json_is_number(figure->value);
    size_t count = is_one ? 1 : json_array_size(figure->value);
    if (count < 1 || count > MACHINE_PAGE_SIZES) {
        cb_error_set(error, CB_USAGE, "expected a page size or an array of 1 to %d",
                     MACHINE_PAGE_SIZES);
        return cb_error_at_path(error, figure->path);
    }
    for (size_t i = 0; i < count; i++) {
        int64_t bytes;
        struct json_figure one = *figure;
        if (!is_one)
            one.value = json_array_get(figure->value, i);
        if (!json_whole(&one, field->low, field->high, &bytes, error))
            return false;
        tlb->page_sizes[i] = (uint32_t)bytes;
    }
    tlb->page_size_count = (uint8_t)count;
    return true;
}

static bool read_value(struct machine *machine, const struct machine_field *field,
                       const struct json_figure *figure, void *object,
                       struct cb_error *error)
{
    int64_t value = 0;
    bool truth = false;
    switch (field->kind) {
    case FIELD_COUNT:
    case FIELD_BYTES:
    case FIELD_KHZ:
        if (!json_whole(figure, field->low, field->high, &value, error))
            return false;
        break;
    case FIELD_WAYS:
        if (!read_ways(field, figure, &value, error))
            return false;
        break;
    case FIELD_CYCLES:
        if (!json_cycles(figure, field->high, &value, error))
            return false;
        break;
    case FIELD_PAGE_SIZES:
        return read_page_sizes(field, figure, object, error) &&
               note(machine, figure, error);
    case FIELD_TRUTH:
        if (!json_truth(figure, &truth, error))
            return false;
        machine_field_put(field, object, truth);
        return true;
    case FIELD_CHOICE:
        if (!json_choice(figure, field->choices, &value, error))
            return false;
        machine_field_put(field, object, value);
        return true;
    }
    machine_field_put(field, object, value);
    return note(machine, figure, error);
}

static bool read_field(struct machine *machine, const struct machine_field *field,
                       const struct json_scope *scope, void *object,
                       struct cb_error *error)
{
    struct json_figure figure;
    if (!json_member(&figure, scope, field->key, error))
        return false;
    if (figure.value != NULL)
        return read_value(machine, field, &figure, object, error);
    if (!field->optional)
        return json_missing(&figure, error);
    machine_field_put(field, object, field->fallback);
    return true;
}

static bool read_fields(struct machine *machine, const struct machine_fields *fields,
                        const struct json_scope *scope, void *object,
                        struct cb_error *error)
{
    for (size_t i = 0; i < fields->count; i++)
        if (!read_field(machine, &fields->list[i], scope, object, error))
            return false;
    return true;
}

static bool check_keys(const struct machine_fields *fields,
                       const struct json_scope *scope, struct cb_error *error)
{
    const char *keys[MACHINE_FIELDS_MOST];
    for (size_t i = 0; i < fields->count; i++)
        keys[i] = fields->list[i].key;
    return json_known_keys(scope, keys, fields->count, error);
}

/* ---- one object ---- */

static bool read_object(struct machine *machine, const struct json_scope *top,
                        const char *key, const struct machine_fields *fields,
                        void *object, struct cb_error *error)
{
    struct json_scope scope;
    return json_scope_enter(&scope, top, key, error) &&
           check_keys(fields, &scope, error) &&
           read_fields(machine, fields, &scope, object, error);
}

/* Names stand in paths, so they may hold neither dots nor stars. */
static bool good_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return length > 0 && length < MACHINE_NAME_SIZE && name[length] == '\0';
}

static bool check_name(const char *name, const struct json_scope *scope,
                       struct cb_error *error)
{
    if (good_name(name))
        return true;
    cb_error_set(error, CB_USAGE,
                 "a name here has 1 to %d small letters, digits and underscores, "
                 "found \"%.40s\"",
                 MACHINE_NAME_SIZE - 1, name);
    return cb_error_at_path(error, scope->path);
}

/* Beyond level 1 a latency left out would be a miss that costs nothing, in silence. */
static bool needs_latency(const struct json_scope *scope, uint8_t level,
                          struct cb_error *error)
{
    struct json_figure figure;
    if (level == 1 || json_object_get(scope->object, "latency") != NULL)
        return true;
    return json_member(&figure, scope, "latency", error) && json_missing(&figure, error);
}

static bool read_tlb(struct machine *machine, const struct json_scope *tlbs,
                     const char *name, struct cb_error *error)
{
    struct json_scope scope;
    struct machine_tlb *tlb = &machine->tlbs[machine->tlb_count];
    if (!check_name(name, tlbs, error) || !json_scope_enter(&scope, tlbs, name, error) ||
        !check_keys(&machine_tlb_fields, &scope, error) ||
        !read_fields(machine, &machine_tlb_fields, &scope, tlb, error) ||
        !needs_latency(&scope, tlb->level, error))
        return false;
    snprintf(tlb->name, sizeof tlb->name, "%s", name);
    if (tlb->ways == 0)
        tlb->ways = tlb->entries;
    machine->tlb_count++;
    return true;
}

static bool read_cache(struct machine *machine, const struct json_scope *caches,
                       const char *name, struct cb_error *error)
{
    struct json_scope scope;
    struct machine_cache *cache = &machine->caches[machine->cache_count];
    if (!check_name(name, caches, error) ||
        !json_scope_enter(&scope, caches, name, error) ||
        !check_keys(&machine_cache_fields, &scope, error) ||
        !read_fields(machine, &machine_cache_fields, &scope, cache, error) ||
        !needs_latency(&scope, cache->level, error))
        return false;
    snprintf(cache->name, sizeof cache->name, "%s", name);
    if (cache->ways == 0)
        cache->ways = (uint32_t)(cache->size / cache->line);
    machine->cache_count++;
    return true;
}

static bool too_many(const struct json_scope *scope, size_t most, struct cb_error *error)
{
    cb_error_set(error, CB_USAGE, "expected at most %zu, found %zu", most,
                 json_object_size(scope->object));
    return cb_error_at_path(error, scope->path);
}

static bool is_origin(const char *key)
{
    return strcmp(key, "source") == 0 || strcmp(key, "flag") == 0;
}

/* "tlb" and "cache" hold one object per name. A machine without any has them empty. */
static bool read_named(struct machine *machine, const struct json_scope *top,
                       const char *key, size_t most, const size_t *count,
                       bool (*read_one)(struct machine *, const struct json_scope *,
                                        const char *, struct cb_error *),
                       struct cb_error *error)
{
    struct json_scope scope;
    if (!json_scope_enter(&scope, top, key, error))
        return false;
    const char *name;
    json_t *value;
    json_object_foreach(scope.object, name, value)
    {
        if (is_origin(name))
            continue;
        if (*count == most)
            return too_many(&scope, most, error);
        if (!read_one(machine, &scope, name, error))
            return false;
    }
    return true;
}

static int tlb_order(const void *a, const void *b)
{
    const struct machine_tlb *x = a, *y = b;
    return x->level != y->level ? x->level - y->level : strcmp(x->name, y->name);
}

static int cache_order(const void *a, const void *b)
{
    const struct machine_cache *x = a, *y = b;
    return x->level != y->level ? x->level - y->level : strcmp(x->name, y->name);
}

/* ---- instruction costs ---- */

static bool read_cost(struct machine *machine, const struct json_scope *scope,
                      const struct json_figure *fallback, enum instruction_class class,
                      struct cb_error *error)
{
    struct json_figure figure;
    if (!json_member(&figure, scope, instruction_class_name(class), error))
        return false;
    if (figure.value == NULL && fallback->value == NULL)
        return json_missing(&figure, error);
    if (figure.value == NULL) {
        figure.value = fallback->value;
        figure.source = fallback->source;
        figure.flag = fallback->flag;
    }
    return json_cycles(&figure, MACHINE_TIME_LIMIT, &machine->instructions[class],
                       error) &&
           note(machine, &figure, error);
}

/* "default" stands for every class that is not named. */
static bool read_costs(struct machine *machine, const struct json_scope *top,
                       struct cb_error *error)
{
    const char *keys[INSTRUCTION_CLASSES + 1];
    for (unsigned i = 0; i < INSTRUCTION_CLASSES; i++)
        keys[i] = instruction_class_name((enum instruction_class)i);
    keys[INSTRUCTION_CLASSES] = "default";
    struct json_scope scope;
    struct json_figure fallback;
    if (!json_scope_enter(&scope, top, "instructions", error) ||
        !json_known_keys(&scope, keys, INSTRUCTION_CLASSES + 1, error) ||
        !json_member(&fallback, &scope, "default", error))
        return false;
    for (unsigned i = 0; i < INSTRUCTION_CLASSES; i++)
        if (!read_cost(machine, &scope, &fallback, (enum instruction_class)i, error))
            return false;
    return true;
}

/* ---- the whole ---- */

static bool read_text_member(const struct json_scope *top, const char *key, char *text,
                             size_t size, struct cb_error *error)
{
    struct json_figure figure;
    if (!json_member(&figure, top, key, error))
        return false;
    if (figure.value == NULL)
        return json_missing(&figure, error);
    return json_words(&figure, text, size, error);
}

/* It names files and stands in paths and tables. */
static bool check_machine_name(const char *name, struct cb_error *error)
{
    if (name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                          "0123456789-_.")] == '\0')
        return true;
    cb_error_set(error, CB_USAGE,
                 "a machine's name has letters, digits, '-', '_' and '.', found \"%s\"",
                 name);
    return cb_error_at_path(error, "name");
}

/* In the file of a machine that was itself made by overrides, and printed. */
static bool read_changes(struct machine *machine, const json_t *object,
                         struct cb_error *error)
{
    const json_t *changes = json_object_get(object, MACHINE_CHANGES_KEY), *item;
    size_t i;
    bool ok = changes == NULL || json_is_array(changes);
    json_array_foreach(changes, i, item)
    {
        const char *text = json_string_value(item);
        ok = ok && text != NULL && text[0] != '\0' && !json_has_control(text);
        if (ok && !machine_change_add(machine, text))
            return out_of_memory(error);
    }
    if (ok)
        return true;
    cb_error_set(error, CB_USAGE, "expected a list of changes PATH=VALUE");
    return cb_error_at_path(error, MACHINE_CHANGES_KEY);
}

static bool read_machine(struct machine *machine, json_t *object, struct cb_error *error)
{
    static const char *const keys[] = {
        "name",   "title",  "clock_khz",    "pairing",          "tlb", "walk", "cache",
        "memory", "switch", "instructions", MACHINE_CHANGES_KEY};
    struct json_scope top;
    if (!json_scope_top(&top, object, error) ||
        !json_known_keys(&top, keys, sizeof keys / sizeof keys[0], error) ||
        !read_text_member(&top, "name", machine->name, sizeof machine->name, error) ||
        !check_machine_name(machine->name, error) ||
        !read_text_member(&top, "title", machine->title, sizeof machine->title, error) ||
        !read_fields(machine, &machine_top_fields, &top, machine, error) ||
        !read_named(machine, &top, "tlb", MACHINE_TLBS, &machine->tlb_count, read_tlb,
                    error) ||
        !read_object(machine, &top, "walk", &machine_walk_fields, machine, error) ||
        !read_named(machine, &top, "cache", MACHINE_CACHES, &machine->cache_count,
                    read_cache, error) ||
        !read_object(machine, &top, "memory", &machine_memory_fields, machine, error) ||
        !read_object(machine, &top, "switch", &machine_switch_fields, &machine->switching,
                     error) ||
        !read_costs(machine, &top, error) || !read_changes(machine, object, error))
        return false;
    qsort(machine->tlbs, machine->tlb_count, sizeof machine->tlbs[0], tlb_order);
    qsort(machine->caches, machine->cache_count, sizeof machine->caches[0], cache_order);
    return machine_check(machine, error);
}

bool machine_parse(struct machine *machine, const char *text, const char *source,
                   const char *const *sets, size_t set_count, struct cb_error *error)
{
    *machine = (struct machine){.tlb_count = 0};
    json_t *object = json_read_text(text, source, error);
    if (object == NULL)
        return false;
    bool done = machine_set_all(object, sets, set_count, error);
    if (done) {
        done = read_machine(machine, object, error);
        if (!done && !machine_set_blame(sets, set_count, error))
            cb_error_in(error, source);
    }
    json_decref(object);
    if (!done)
        machine_free(machine);
    return done;
}
