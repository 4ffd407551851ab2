/* scenario.c - the command line, by the lists of scenarios.h. */
#include "kernel-trace/kernel/kernel.h"

struct word {
    const char *text;
    uint32_t value;
};

static const struct word scenario_words[] = {
#define SCENARIO(symbol, name, line) {name, SCENARIO_##symbol},
    SCENARIOS(SCENARIO)
#undef SCENARIO
};

static const struct word structure_words[] = {
#define STRUCTURE(symbol, name, l3, line) {name, STRUCTURE_##symbol},
    STRUCTURES(STRUCTURE)
#undef STRUCTURE
};

static const struct word pattern_words[] = {
#define PATTERN(name, line) {#name, PATTERN_##name},
    PATTERNS(PATTERN)
#undef PATTERN
};

struct key {
    const char *name;
    uint32_t offset;          /* of its field in struct scenario */
    const struct word *words; /* NULL: a number */
    uint32_t word_count;
    uint32_t least, most, initial;
};

#define WORDS(field)                                                                     \
    {#field, offsetof(struct scenario, field), field##_words,                            \
     sizeof field##_words / sizeof *field##_words, 0, 0, 0}

static const struct key keys[] = {
    WORDS(scenario),
    WORDS(structure),
    WORDS(pattern),
#define KNOB(name, option, least, most, initial, line)                                   \
    {#name, offsetof(struct scenario, name), NULL, 0, least, most, initial},
    KNOBS(KNOB)
#undef KNOB
};

#define KEYS (sizeof keys / sizeof *keys)
_Static_assert(KEYS <= 32, "one bit each tells which keys were given");

static bool same(const char *text, const char *start, const char *limit)
{
    while (start < limit && *text && *text == *start) {
        text++;
        start++;
    }
    return start == limit && !*text;
}

static void print_range(const char *start, const char *limit)
{
    while (start < limit)
        print_character(*start++);
}

static void print_decimal(uint32_t value)
{
    if (value >= 10)
        print_decimal(value / 10);
    print_character((char)('0' + value % 10));
}

static bool complain(const char *what, const char *start, const char *limit)
{
    print("command line: ");
    print(what);
    print(" \"");
    print_range(start, limit);
    print("\"\n");
    return false;
}

static bool complain_value(const char *start, const char *limit)
{
    print(", not \"");
    print_range(start, limit);
    print("\"\n");
    return false;
}

/* Decimal digits alone, within the key's range. */
static bool number(const struct key *key, const char *start, const char *limit,
                   uint32_t *value)
{
    uint32_t sum = 0;
    bool good = start < limit;
    for (const char *c = start; c < limit && good; c++) {
        uint32_t digit = (uint32_t)(*c - '0');
        good = digit <= 9 && sum <= (0xffffffff - digit) / 10;
        sum = sum * 10 + digit;
    }
    if (good && sum >= key->least && sum <= key->most) {
        *value = sum;
        return true;
    }
    print("command line: ");
    print(key->name);
    print(" must be a number from ");
    print_decimal(key->least);
    print(" to ");
    print_decimal(key->most);
    return complain_value(start, limit);
}

static bool word(const struct key *key, const char *start, const char *limit,
                 uint32_t *value)
{
    for (uint32_t i = 0; i < key->word_count; i++)
        if (same(key->words[i].text, start, limit)) {
            *value = key->words[i].value;
            return true;
        }
    print("command line: ");
    print(key->name);
    print(" must be one of");
    for (uint32_t i = 0; i < key->word_count; i++) {
        print(" ");
        print(key->words[i].text);
    }
    return complain_value(start, limit);
}

/* The part of the text up to the next colon; `start` moves behind it. */
static const char *part(const char **start, const char *limit)
{
    const char *end = *start;
    while (end < limit && *end != ':')
        end++;
    *start = end < limit ? end + 1 : limit;
    return end;
}

/* NAME:KIND[:PAGES[:LINES]] */
static bool domain_choice(const char *start, const char *limit, struct scenario *scenario)
{
    static const struct key pages = {.name = "domain's pages", .least = 1, .most = 900};
    static const struct key lines = {.name = "domain's lines", .least = 1, .most = 64};
    const char *text = start, *name = text, *name_limit = part(&text, limit);
    const char *kind = text, *kind_limit = part(&text, limit);
    if (scenario->choice_count == DOMAIN_CHOICES)
        return complain("too many domains, the last", start, limit);
    for (uint32_t i = 0; i < scenario->choice_count; i++)
        if (same(scenario->choices[i].name, name, name_limit))
            return complain("given twice: domain", name, name_limit);
    struct domain_choice *choice = &scenario->choices[scenario->choice_count++];

    *choice = (struct domain_choice){.small = same("small", kind, kind_limit)};
    if (name == name_limit || name_limit - name >= DOMAIN_NAME ||
        (!choice->small && !same("large", kind, kind_limit)))
        return complain("expected domain=NAME:small or large[:PAGES[:LINES]], not", start,
                        limit);
    memcpy(choice->name, name, (size_t)(name_limit - name));
    if (text < limit) {
        const char *digits = text, *digits_limit = part(&text, limit);
        if (!number(&pages, digits, digits_limit, &choice->pages))
            return false;
    }
    return text == limit || number(&lines, text, limit, &choice->lines);
}

/* One key=value. */
static bool setting(const char *start, const char *limit, struct scenario *scenario,
                    uint32_t *given)
{
    const char *equals = start;
    while (equals < limit && *equals != '=')
        equals++;
    if (equals == limit)
        return complain("expected key=value, not", start, limit);
    if (same("domain", start, equals))
        return domain_choice(equals + 1, limit, scenario);
    for (uint32_t i = 0; i < KEYS; i++) {
        if (!same(keys[i].name, start, equals))
            continue;
        if (*given & 1u << i)
            return complain("given twice:", start, equals);
        *given |= 1u << i;
        uint32_t *field = (uint32_t *)((uint8_t *)scenario + keys[i].offset);
        return keys[i].words ? word(&keys[i], equals + 1, limit, field)
                             : number(&keys[i], equals + 1, limit, field);
    }
    return complain("unknown key", start, equals);
}

/* QEMU puts the image's path first. It may hold blanks: then a lone "--" ends it. */
static const char *first_setting(const char *line)
{
    const char *rest = line;
    while (*rest && *rest != ' ')
        rest++;
    for (const char *c = line; *c; c++)
        if (c[0] == ' ' && c[1] == '-' && c[2] == '-' && c[3] == ' ')
            rest = c + 3;
    return rest;
}

/* What each value alone cannot tell. */
static bool consistent(const struct scenario *scenario)
{
    static const bool l3[] = {
#define STRUCTURE(symbol, name, is_l3, line) is_l3,
        STRUCTURES(STRUCTURE)
#undef STRUCTURE
    };
    bool files = scenario->scenario == SCENARIO_file ||
                 scenario->scenario == SCENARIO_compile;
    bool anywhere = files || scenario->scenario == SCENARIO_null ||
                    scenario->scenario == SCENARIO_call ||
                    scenario->scenario == SCENARIO_preempt;
    if (!anywhere && !l3[scenario->structure]) {
        print("command line: this scenario needs structure l3-small or l3-large\n");
        return false;
    }
    if (files && (scenario->transfer % 4 || scenario->filesize % scenario->transfer)) {
        print("command line: transfer must be a multiple of 4 that divides filesize\n");
        return false;
    }
    if (scenario->timer && scenario->timer < 10) {
        print("command line: timer must be 0, or from 10 to 50000\n");
        return false;
    }
    bool small = scenario->structure == STRUCTURE_l3_small;
    for (uint32_t i = 0; i < scenario->choice_count; i++)
        small |= scenario->choices[i].small;
    if (scenario->sysenter && small) {
        print("command line: sysenter needs large domains, since sysexit loads flat "
              "segments\n");
        return false;
    }
    if (scenario->timer && scenario->scenario == SCENARIO_compile) {
        print("command line: compile has no timer: one request at a time\n");
        return false;
    }
    return true;
}

/* False: the line is bad, and a sentence is on the console. */
bool scenario_parse(const char *line, struct scenario *scenario)
{
    uint32_t given = 0;
    *scenario = (struct scenario){.choice_count = 0};
    for (uint32_t i = 0; i < KEYS; i++)
        *(uint32_t *)((uint8_t *)scenario + keys[i].offset) = keys[i].initial;

    const char *start = first_setting(line);
    for (;;) {
        while (*start == ' ')
            start++;
        if (!*start)
            return consistent(scenario);
        const char *limit = start;
        while (*limit && *limit != ' ')
            limit++;
        if (!setting(start, limit, scenario, &given))
            return false;
        start = limit;
    }
}
