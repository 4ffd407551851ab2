#include "synth_plan.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    struct synth_plan *plan;
    const char *name; /* of the description */
    struct cb_error *error;
};

static bool refuse(const struct reading *reading, const char *path, const char *format,
                   ...) __attribute__((format(printf, 3, 4)));
static bool refuse(const struct reading *reading, const char *path, const char *format,
                   ...)
{
    char sentence[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    cb_error_set(reading->error, CB_USAGE, "%s", sentence);
    cb_error_in(reading->error, reading->name);
    return cb_error_at_path(reading->error, path);
}

struct number_member {
    const char *name;
    uint64_t low, high;
    bool needed;
    uint64_t otherwise;
    uint64_t *to;
};

static void path_of(char path[64], const char *parent, const char *name)
{
    snprintf(path, 64, "%s%s%.40s", parent, *parent == '\0' ? "" : ".", name);
}

static bool get_number(const struct reading *reading, const json_t *object,
                       const char *parent, const struct number_member *member)
{
    char path[64];
    path_of(path, parent, member->name);
    const json_t *value = json_object_get(object, member->name);
    if (value == NULL && member->needed)
        return refuse(reading, path, "this member is missing");
    if (value == NULL) {
        *member->to = member->otherwise;
        return true;
    }
    json_int_t number = json_is_integer(value) ? json_integer_value(value) : -1;
    if (number < 0 || (uint64_t)number < member->low || (uint64_t)number > member->high)
        return refuse(reading, path, "a whole number from %llu to %llu was expected",
                      (unsigned long long)member->low, (unsigned long long)member->high);
    *member->to = (uint64_t)number;
    return true;
}

static bool get_numbers(const struct reading *reading, const json_t *object,
                        const char *parent, const struct number_member *members,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!get_number(reading, object, parent, &members[i]))
            return false;
    return true;
}

/* Names of members, NULL at the end. */
static bool only_these(const struct reading *reading, json_t *object, const char *parent,
                       const char *const *names)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        char path[64];
        size_t i = 0;
        while (names[i] != NULL && strcmp(names[i], key) != 0)
            i++;
        path_of(path, parent, key);
        if (names[i] == NULL)
            return refuse(reading, path, "this member is unknown");
    }
    return true;
}

/* One of the words, which end with NULL; *index tells which. */
static bool get_word(const struct reading *reading, const json_t *object,
                     const char *parent, const char *name, const char *const *words,
                     size_t *index)
{
    char path[64], list[64] = "";
    path_of(path, parent, name);
    const char *text = json_string_value(json_object_get(object, name));
    for (*index = 0; words[*index] != NULL; ++*index) {
        if (text != NULL && strcmp(text, words[*index]) == 0)
            return true;
        strcat(strcat(list, *index == 0 ? "" : " or "), words[*index]);
    }
    return refuse(reading, path, "%s was expected", list);
}

static bool get_domain_words(const struct reading *reading, const json_t *object,
                             const char *path, struct synth_domain *domain)
{
    static const char *const kinds[] = {"large", "small", "kernel", NULL};
    static const enum trace_domain_kind kind_values[] = {
        TRACE_DOMAIN_LARGE, TRACE_DOMAIN_SMALL, TRACE_DOMAIN_KERNEL};
    static const char *const orders[] = {"cyclic", "random", NULL};
    size_t kind, order = 0;
    const char *name = json_string_value(json_object_get(object, "name"));
    if (name == NULL || *name == '\0' || strlen(name) >= sizeof domain->name)
        return refuse(reading, path, "a name of 1 to 31 bytes was expected");
    strcpy(domain->name, name);
    if (!get_word(reading, object, path, "kind", kinds, &kind) ||
        (json_object_get(object, "order") != NULL &&
         !get_word(reading, object, path, "order", orders, &order)))
        return false;
    domain->kind = kind_values[kind];
    domain->random = order == 1;
    return true;
}

static bool get_domain(const struct reading *reading, json_t *object, size_t index)
{
    static const char *const names[] = {
        "name",           "kind",  "instructions",  "loops",         "accesses", "pages",
        "lines_per_page", "order", "reuse_percent", "store_percent", NULL};
    struct synth_domain *domain = &reading->plan->domains[index];
    const struct number_member members[] = {
        {"instructions", 1, 100000, true, 0, &domain->instructions},
        {"loops", 1, 1000000, false, 1, &domain->loops},
        {"accesses", 0, 100000, true, 0, &domain->accesses},
        {"pages", 1, 65536, true, 0, &domain->pages},
        {"lines_per_page", 1, 64, false, 1, &domain->lines_per_page},
        {"reuse_percent", 0, 100, false, 0, &domain->reuse_percent},
        {"store_percent", 0, 100, false, 0, &domain->store_percent},
    };
    char path[32];
    snprintf(path, sizeof path, "domains[%zu]", index);
    if (!json_is_object(object))
        return refuse(reading, path, "an object was expected");
    if (!only_these(reading, object, path, names) ||
        !get_domain_words(reading, object, path, domain) ||
        !get_numbers(reading, object, path, members, sizeof members / sizeof *members))
        return false;
    if (domain->accesses > domain->instructions)
        return refuse(reading, path, "there are more accesses than instructions");
    return true;
}

static size_t find_domain(const struct synth_plan *plan, const char *name)
{
    size_t i = 0;
    while (i < plan->domain_count && strcmp(plan->domains[i].name, name) != 0)
        i++;
    return i;
}

static bool get_domains(const struct reading *reading, const json_t *root)
{
    struct synth_plan *plan = reading->plan;
    const json_t *domains = json_object_get(root, "domains");
    size_t count = json_array_size(domains), kernels = 0;
    if (count < 1 || count > SYNTH_DOMAINS_MAX)
        return refuse(reading, "domains", "an array of 1 to %d domains was expected",
                      SYNTH_DOMAINS_MAX);
    for (size_t i = 0; i < count; i++) {
        if (!get_domain(reading, json_array_get(domains, i), i))
            return false;
        if (find_domain(plan, plan->domains[i].name) < i)
            return refuse(reading, "domains", "two domains have one name");
        if (plan->domains[i].kind == TRACE_DOMAIN_KERNEL) {
            plan->kernel = i;
            kernels++;
        }
        plan->domain_count = i + 1;
    }
    return kernels == 1 ||
           refuse(reading, "domains", "exactly one domain of kind kernel was expected");
}

static bool get_pattern(const struct reading *reading, const json_t *root)
{
    struct synth_plan *plan = reading->plan;
    const json_t *pattern = json_object_get(root, "pattern");
    size_t count = json_array_size(pattern);
    if (count < 1 || count > SYNTH_PATTERN_MAX)
        return refuse(reading, "pattern", "an array of 1 to %d names was expected",
                      SYNTH_PATTERN_MAX);
    for (size_t i = 0; i < count; i++) {
        const char *name = json_string_value(json_array_get(pattern, i));
        size_t domain = name == NULL ? plan->domain_count : find_domain(plan, name);
        char path[32];
        snprintf(path, sizeof path, "pattern[%zu]", i);
        if (domain == plan->domain_count || domain == plan->kernel)
            return refuse(reading, path, "the name of a user domain was expected");
        plan->pattern[i] = domain;
    }
    plan->pattern_count = count;
    return true;
}

static bool get_plan(const struct reading *reading, json_t *root)
{
    static const char *const names[] = {
        "schema_version",   "scenario", "seed",    "requests",
        "warm_up_requests", "domains",  "pattern", NULL};
    struct synth_plan *plan = reading->plan;
    uint64_t version;
    const struct number_member members[] = {
        {"schema_version", 1, 1, true, 0, &version},
        {"seed", 0, INT64_MAX, false, 0, &plan->seed},
        {"requests", 1, 1000000000, true, 0, &plan->requests},
        {"warm_up_requests", 0, 1000000000, false, 0, &plan->warm_up_requests},
    };
    if (!json_is_object(root))
        return refuse(reading, "", "an object was expected");
    if (!only_these(reading, root, "", names) ||
        !get_numbers(reading, root, "", members, sizeof members / sizeof *members))
        return false;
    const char *scenario = json_string_value(json_object_get(root, "scenario"));
    if (scenario == NULL)
        return refuse(reading, "scenario", "a text was expected");
    plan->scenario = strdup(scenario);
    if (plan->scenario == NULL)
        return cb_error_set(reading->error, CB_IO, "out of memory");
    return get_domains(reading, root) && get_pattern(reading, root);
}

struct synth_plan *synth_plan_parse(const char *text, size_t size, const char *name,
                                    struct cb_error *error)
{
    json_error_t problem;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &problem);
    if (root == NULL) {
        cb_error_set(error, CB_USAGE, "this is not JSON: %s", problem.text);
        cb_error_at_line(error, (uint64_t)problem.line, (uint64_t)problem.column);
        cb_error_in(error, name);
        return NULL;
    }
    struct synth_plan *plan = calloc(1, sizeof *plan);
    const struct reading reading = {.plan = plan, .name = name, .error = error};
    bool done = plan != NULL ? get_plan(&reading, root)
                             : cb_error_set(error, CB_IO, "out of memory");
    json_decref(root);
    if (done)
        return plan;
    synth_plan_free(plan);
    return NULL;
}

void synth_plan_free(struct synth_plan *plan)
{
    if (plan == NULL)
        return;
    free(plan->scenario);
    free(plan);
}
