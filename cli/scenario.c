#include "scenario.h"

#include "cli.h"

#include <inttypes.h>
#include <string.h>

const struct choice scenario_choices[] = {
#define SCENARIO(symbol, name, line) {name, line},
    SCENARIOS(SCENARIO)
#undef SCENARIO
        {0},
};

const struct choice structure_choices[] = {
#define STRUCTURE(symbol, name, users, line) {name, line},
    STRUCTURES(STRUCTURE)
#undef STRUCTURE
        {0},
};

const struct choice pattern_choices[] = {
#define PATTERN(name, line) {#name, line},
    PATTERNS(PATTERN)
#undef PATTERN
        {0},
};

const struct range knob_ranges[KNOB_COUNT] = {
#define KNOB(name, option, least, most, initial, line)                                   \
    {"--" option, #name, least, most, initial, line},
    KNOBS(KNOB)
#undef KNOB
};

const char *knob_word(const char *name)
{
    for (size_t i = 0; i < KNOB_COUNT; i++)
        if (strcmp(knob_ranges[i].name, name) == 0)
            return knob_ranges[i].option + 2;
    return name;
}

const char *scenario_choose(const struct choice *choices, const char *what,
                            const char *name, char sentence[SCENARIO_SENTENCE])
{
    const char *names[32] = {0};
    for (size_t i = 0; i < 31 && choices[i].name != NULL; i++) {
        if (strcmp(choices[i].name, name) == 0)
            return choices[i].name;
        names[i] = choices[i].name;
    }
    const char *nearest = cli_nearest(name, names);
    if (nearest != NULL)
        snprintf(sentence, SCENARIO_SENTENCE,
                 "there is no %s '%.64s'; did you mean '%s'?", what, name, nearest);
    else
        snprintf(sentence, SCENARIO_SENTENCE,
                 "there is no %s '%.64s'; record --list has them all", what, name);
    return NULL;
}

const char *const *scenario_knobs(const char *scenario)
{
    /* clang-format off */
#define USES(symbol, ...) [SCENARIO_##symbol] = {__VA_ARGS__},
    static const char *const knobs[SCENARIO_COUNT][KNOB_COUNT + 3] = {
        SCENARIO_KNOBS(USES)
    };
#undef USES
    /* clang-format on */
    for (size_t i = 0; i < SCENARIO_COUNT; i++)
        if (strcmp(scenario_choices[i].name, scenario) == 0)
            return knobs[i];
    return NULL;
}

static bool is_among(const char *const *names, const char *name)
{
    while (*names != NULL && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

/* As an option, or as in a study. */
static const char *spelt(const char *name, const char *dashes)
{
    return dashes[0] != '\0' ? knob_word(name) : name;
}

/* "a, b and c" */
static void list_names(FILE *out, const char *const *names, const char *dashes)
{
    for (size_t i = 0; names[i] != NULL; i++)
        fprintf(out, "%s%s%s",
                i == 0                 ? ""
                : names[i + 1] == NULL ? " and "
                                       : ", ",
                dashes, spelt(names[i], dashes));
}

bool scenario_takes(const char *scenario, const char *knob, const char *value,
                    const char *dashes, char sentence[SCENARIO_SENTENCE])
{
    const char *const *knobs = scenario_knobs(scenario);
    if (knobs == NULL)
        return true;
    /* NAME:KIND:PAGES */
    const char *kind = strcmp(knob, "domain") == 0 ? strpbrk(value, ":=") : NULL;
    bool has_pages = kind != NULL && strchr(kind + 1, ':') != NULL;
    if (is_among(knobs, knob) && (!has_pages || is_among(knobs, "pages")))
        return true;
    FILE *out = fmemopen(sentence, SCENARIO_SENTENCE, "w");
    if (out == NULL)
        return false;
    if (has_pages && is_among(knobs, knob)) {
        fprintf(out, "scenario %s visits no pages, so a domain of it has none", scenario);
    } else {
        fprintf(out, "scenario %s has no use for %s%s; its knobs are ", scenario, dashes,
                spelt(knob, dashes));
        list_names(out, knobs, dashes);
    }
    fclose(out);
    return false;
}

bool scenario_accepts(const char *scenario, const char *member, const char *value,
                      char sentence[SCENARIO_SENTENCE])
{
    if (strcmp(member, "scenario") == 0)
        return scenario_choose(scenario_choices, member, value, sentence) != NULL;
    if (strcmp(member, "structure") == 0)
        return scenario_choose(structure_choices, member, value, sentence) != NULL;
    if (!scenario_takes(scenario, member, value, "", sentence))
        return false;
    if (strcmp(member, "pattern") == 0)
        return scenario_choose(pattern_choices, member, value, sentence) != NULL;
    for (size_t i = 0; i < KNOB_COUNT; i++) {
        const struct range *range = &knob_ranges[i];
        uint64_t number;
        if (strcmp(member, range->name) != 0 ||
            cli_is_number(value, range->least, range->most, &number))
            continue;
        snprintf(sentence, SCENARIO_SENTENCE,
                 "'%.64s' is not a number from %" PRIu64 " to %" PRIu64, value,
                 range->least, range->most);
        return false;
    }
    return true;
}
