/* footprints.c - footprints to JSON and back. A file may be written by hand as well. */
#include "footprints.h"
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#define FOOTPRINTS_SCHEMA_VERSION 1

static const char *const kinds[3] = {
    [MACHINE_BOTH] = "both", [MACHINE_INSTRUCTIONS] = "code", [MACHINE_DATA] = "data"};

/* ---- to JSON ---- */

static json_t *sums_json(const int64_t sums[3])
{
    json_t *object = json_object();
    for (int kind = 0; kind < 3; kind++)
        json_object_set_new(object, kinds[kind], json_integer(sums[kind]));
    return object;
}

static json_t *set_json(const struct working_set *set)
{
    json_t *object = json_object(), *lines = json_object();
    char size[16];
    json_object_set_new(object, "name", cli_json_text(set->name));
    json_object_set_new(object, "resizable", json_boolean(set->resizable));
    json_object_set_new(object, "visits", json_integer(set->visits));
    json_object_set_new(object, "flushed_visits", json_integer(set->flushed));
    json_object_set_new(object, "pages", sums_json(set->pages));
    for (unsigned i = 0; i < FOOTPRINT_LINES; i++) {
        snprintf(size, sizeof size, "%u", FOOTPRINT_LINE(i));
        json_object_set_new(lines, size, sums_json(set->lines[i]));
    }
    json_object_set_new(object, "lines", lines);
    return object;
}

json_t *footprints_json(const struct footprints *footprints)
{
    json_t *object = json_object(), *domains = json_array(), *classes = json_object();
    json_object_set_new(object, "schema_version",
                        json_integer(FOOTPRINTS_SCHEMA_VERSION));
    json_object_set_new(object, "requests", json_integer(footprints->requests));
    json_object_set_new(object, "pages", json_integer(footprints->pages));
    for (int i = 0; i < INSTRUCTION_CLASSES; i++)
        if (footprints->path_instructions[i] != 0)
            json_object_set_new(classes,
                                instruction_class_name((enum instruction_class)i),
                                json_integer(footprints->path_instructions[i]));
    json_object_set_new(object, "path_instructions", classes);
    json_object_set_new(object, "path", set_json(&footprints->path));
    for (size_t i = 0; i < footprints->domain_count; i++)
        json_array_append_new(domains, set_json(&footprints->domains[i]));
    json_object_set_new(object, "domains", domains);
    return object;
}

/* ---- and back ---- */

struct reading {
    const char *source;
    struct cb_error *error;
};

static bool bad(const struct reading *reading, const char *where, const char *key,
                const char *expected)
{
    char path[128];
    snprintf(path, sizeof path, "%s%s%s", where, where[0] != '\0' ? "." : "", key);
    cb_error_set(reading->error, CB_USAGE, "expected %s", expected);
    cb_error_in(reading->error, reading->source);
    return cb_error_at_path(reading->error, path);
}

/* A count below 2^53; one that is absent is 0. */
static bool take_count(const struct reading *reading, const json_t *object,
                       const char *where, const char *key, int64_t *count)
{
    const json_t *value = json_object_get(object, key);
    *count = json_integer_value(value);
    return value == NULL ||
           (json_is_integer(value) && *count >= 0 && *count < INT64_C(1) << 53) ||
           bad(reading, where, key, "a count");
}

static bool take_sums(const struct reading *reading, const json_t *object,
                      const char *where, int64_t sums[3])
{
    for (int kind = 0; kind < 3; kind++)
        if (!take_count(reading, object, where, kinds[kind], &sums[kind]))
            return false;
    if (json_object_get(object, kinds[MACHINE_BOTH]) == NULL)
        sums[MACHINE_BOTH] = sums[MACHINE_INSTRUCTIONS] + sums[MACHINE_DATA];
    return true;
}

static bool take_set(const struct reading *reading, const json_t *object,
                     const char *where, struct working_set *set)
{
    if (!json_is_object(object))
        return bad(reading, "", where, "an object");
    const char *name = json_string_value(json_object_get(object, "name"));
    snprintf(set->name, sizeof set->name, "%s", name != NULL ? name : where);
    set->resizable = json_is_true(json_object_get(object, "resizable"));
    if (!take_count(reading, object, where, "visits", &set->visits) ||
        !take_count(reading, object, where, "flushed_visits", &set->flushed) ||
        !take_sums(reading, json_object_get(object, "pages"), where, set->pages))
        return false;
    if (set->visits == 0 || set->flushed > set->visits)
        return bad(reading, where, "visits",
                   "at least 1, and no fewer than flushed_visits");
    for (unsigned i = 0; i < FOOTPRINT_LINES; i++) {
        char size[16];
        snprintf(size, sizeof size, "%u", FOOTPRINT_LINE(i));
        const json_t *lines = json_object_get(json_object_get(object, "lines"), size);
        if (!take_sums(reading, lines, where, set->lines[i]))
            return false;
    }
    return true;
}

static bool take_classes(const struct reading *reading, const json_t *object,
                         struct footprints *footprints)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        int class = 0;
        while (class < INSTRUCTION_CLASSES &&
               strcmp(instruction_class_name((enum instruction_class) class), key) != 0)
            class ++;
        if (class == INSTRUCTION_CLASSES || !json_is_integer(value))
            return bad(reading, "path_instructions", key,
                       "a count of a class of instructions, such as int, iret or plain");
        footprints->path_instructions[class] = json_integer_value(value);
    }
    return true;
}

static bool take_all(const struct reading *reading, const json_t *object,
                     struct footprints *footprints)
{
    const json_t *domains = json_object_get(object, "domains");
    if (json_integer_value(json_object_get(object, "schema_version")) !=
        FOOTPRINTS_SCHEMA_VERSION)
        return bad(reading, "", "schema_version", "1: what crossbill footprint writes");
    if (!take_count(reading, object, "", "requests", &footprints->requests) ||
        !take_count(reading, object, "", "pages", &footprints->pages) ||
        !take_classes(reading, json_object_get(object, "path_instructions"),
                      footprints) ||
        !take_set(reading, json_object_get(object, "path"), "path", &footprints->path))
        return false;
    if (footprints->requests == 0)
        return bad(reading, "", "requests", "at least 1");
    if (json_array_size(domains) == 0)
        return bad(reading, "", "domains", "an array of domains");
    footprints->domains = calloc(json_array_size(domains), sizeof *footprints->domains);
    if (footprints->domains == NULL)
        return cb_error_set(reading->error, CB_IO, "out of memory");
    for (size_t i = 0; i < json_array_size(domains); i++) {
        char where[32];
        snprintf(where, sizeof where, "domains[%zu]", i);
        footprints->domain_count = i + 1;
        if (!take_set(reading, json_array_get(domains, i), where,
                      &footprints->domains[i]))
            return false;
    }
    return true;
}

bool footprints_load(struct footprints *footprints, const char *path,
                     struct cb_error *error)
{
    json_error_t wrong;
    struct reading reading = {.source = path, .error = error};
    *footprints = (struct footprints){0};
    json_t *object = json_load_file(path, JSON_REJECT_DUPLICATES, &wrong);
    if (object == NULL) {
        bool unread = json_error_code(&wrong) == json_error_cannot_open_file;
        cb_error_set(error, unread ? CB_IO : CB_USAGE, "%s", wrong.text);
        cb_error_in(error, path);
        return !unread && wrong.line > 0
                   ? cb_error_at_line(error, (uint64_t)wrong.line, (uint64_t)wrong.column)
                   : false;
    }
    bool done = take_all(&reading, object, footprints);
    json_decref(object);
    if (!done)
        footprints_free(footprints);
    return done;
}

int64_t footprints_pages(const struct trace_reader *trace)
{
    json_t *header = json_loads(trace_info(trace)->header, 0, NULL);
    const json_t *pages = json_object_get(json_object_get(header, "knobs"), "pages");
    int64_t count = json_is_string(pages) ? strtoll(json_string_value(pages), NULL, 10)
                                          : json_integer_value(pages);
    json_decref(header);
    return count;
}

bool footprints_of(struct footprints *footprints, const struct trace_reader *trace,
                   struct cb_error *error)
{
    if (!footprints_measure(trace, footprints, error))
        return false;
    footprints->pages = footprints_pages(trace);
    return true;
}
