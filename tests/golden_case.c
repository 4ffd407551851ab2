#include "golden_case.h"
#include "test.h"

#define WORDS_MAX 8
#define CODES_MAX 64

/* A text read line by line, a line word by word. */
struct text {
    FILE *file;
    const char *path;
    unsigned line;
    char buffer[256];
    char *words[WORDS_MAX];
    unsigned count;
};

static void text_open(struct text *text, const char *path)
{
    *text = (struct text){.file = fopen(path, "r"), .path = path};
    if (text->file == NULL)
        fail_msg("%s cannot be opened", path);
}

static void split(struct text *text)
{
    char *rest = text->buffer, *word;
    text->buffer[strcspn(text->buffer, "#\n")] = '\0';
    text->count = 0;
    while ((word = strtok_r(text->count == 0 ? text->buffer : NULL, " \t", &rest)) !=
           NULL) {
        if (text->count == WORDS_MAX)
            fail_msg("%s:%u: too many words", text->path, text->line);
        text->words[text->count++] = word;
    }
}

/* The next line with words in it; false at the end, where the file is closed. */
static bool text_next(struct text *text)
{
    while (fgets(text->buffer, sizeof text->buffer, text->file) != NULL) {
        text->line++;
        split(text);
        if (text->count > 0)
            return true;
    }
    fclose(text->file);
    return false;
}

static void wrong(const struct text *text, const char *what)
{
    fail_msg("%s:%u: %s", text->path, text->line, what);
}

static bool is(const struct text *text, unsigned word, const char *wanted)
{
    return word < text->count && strcmp(text->words[word], wanted) == 0;
}

static int64_t number(const struct text *text, unsigned word)
{
    char *end;
    if (word >= text->count)
        wrong(text, "a number is missing");
    int64_t value = strtoll(text->words[word], &end, 0);
    if (*end != '\0')
        wrong(text, "not a number");
    return value;
}

static uint64_t address(const struct text *text, unsigned word)
{
    return (uint64_t)number(text, word);
}

/* Which of the names the word is. */
static unsigned choice(const struct text *text, unsigned word, const char *const *names,
                       unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (is(text, word, names[i]))
            return i;
    wrong(text, "an unknown word");
    return 0;
}

#define CHOICE(text, word, ...)                                                          \
    choice(text, word, (const char *const[]){__VA_ARGS__},                               \
           sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* ---- traces ---- */

struct script {
    struct text text;
    struct trace_writer *writer;
    char names[CODES_MAX][32];
    uint32_t codes[CODES_MAX];
    unsigned code_count;
};

static uint32_t code_named(const struct script *script)
{
    for (unsigned i = 0; i < script->code_count; i++)
        if (is(&script->text, 1, script->names[i]))
            return script->codes[i];
    wrong(&script->text, "no such code");
    return 0;
}

static void put_code(struct script *script)
{
    const struct text *text = &script->text;
    uint8_t bytes[15], length = 0;
    const char *hex = text->words[4];
    assert_true(text->count == 5 && script->code_count < CODES_MAX);
    for (; !is(text, 4, "-") && hex[2 * length] != '\0'; length++) {
        unsigned byte;
        if (sscanf(hex + 2 * length, "%2x", &byte) != 1)
            wrong(text, "not hexadecimal");
        bytes[length] = (uint8_t)byte;
    }
    snprintf(script->names[script->code_count], 32, "%s", text->words[1]);
    script->codes[script->code_count++] =
        trace_put_code(script->writer, address(text, 2), address(text, 3), bytes, length);
}

static void put_definition(struct script *script)
{
    const struct text *text = &script->text;
    if (is(text, 0, "domain")) {
        struct trace_domain domain = {
            .id = (uint16_t)number(text, 1),
            .kind = (uint8_t)CHOICE(text, 2, "kernel", "large", "small", "extension"),
            .base = text->count > 4 ? address(text, 4) : 0,
            .limit = text->count > 4 ? address(text, 5) : UINT64_C(1) << 32};
        snprintf(domain.name, sizeof domain.name, "%s", text->words[3]);
        trace_put_domain(script->writer, &domain);
    } else if (is(text, 0, "region")) {
        struct trace_region region = {
            .role = (uint8_t)CHOICE(text, 1, "work", "border", "kernel_path",
                                    "thread_switch", "space_switch", "binding", "idle"),
            .domain =
                is(text, 2, "current") ? TRACE_DOMAIN_CURRENT : (uint16_t)number(text, 2),
            .base = address(text, 3),
            .limit = address(text, 4),
            .name = "region"};
        trace_put_region(script->writer, &region);
    } else if (is(text, 0, "tables")) {
        uint64_t offset = address(text, 4);
        struct trace_tables tables = {.idt = address(text, 1),
                                      .gdt = address(text, 2),
                                      .tss = address(text, 3),
                                      .idt_physical = address(text, 1) - offset,
                                      .gdt_physical = address(text, 2) - offset,
                                      .tss_physical = address(text, 3) - offset,
                                      .kernel_cs = (uint16_t)number(text, 5),
                                      .kernel_ss = (uint16_t)number(text, 6)};
        trace_put_tables(script->writer, &tables);
    } else if (is(text, 0, "state")) {
        trace_put_state(script->writer, (uint32_t)number(text, 1),
                        (uint16_t)number(text, 2), (uint16_t)number(text, 3),
                        CHOICE(text, 4, "kernel", "user"));
    } else if (is(text, 0, "code")) {
        put_code(script);
    } else {
        wrong(text, "an unknown statement");
    }
}

static bool is_event(const struct text *text, struct trace_record *event)
{
    if (is(text, 0, "in")) {
        *event = (struct trace_record){
            .kind = TRACE_CROSSING_IN,
            .detail = (uint8_t)CHOICE(text, 1, "call", "fault", "interrupt"),
            .a = address(text, 2),
            .b = address(text, 3),
            .size = (uint8_t)number(text, 4)};
    } else if (is(text, 0, "out")) {
        *event =
            (struct trace_record){.kind = TRACE_CROSSING_OUT,
                                  .detail = (uint8_t)CHOICE(text, 1, "iret", "sysexit"),
                                  .a = CHOICE(text, 2, "user", "kernel")};
    } else if (is(text, 0, "thread")) {
        *event = (struct trace_record){
            .kind = TRACE_THREAD_SWITCH, .a = address(text, 1), .b = address(text, 2)};
    } else if (is(text, 0, "space")) {
        *event = (struct trace_record){
            .kind = TRACE_SPACE_SWITCH,
            .detail = (uint8_t)CHOICE(text, 1, "none", "cr3", "segment"),
            .a = address(text, 2),
            .b = address(text, 3)};
    } else if (is(text, 0, "send") || is(text, 0, "receive")) {
        *event = (struct trace_record){
            .kind = is(text, 0, "send") ? TRACE_IPC_SEND : TRACE_IPC_RECEIVE,
            .detail = (uint8_t)CHOICE(text, 1, "call", "reply", "send"),
            .a = address(text, 2),
            .b = address(text, 3)};
    } else if (is(text, 0, "table")) {
        *event = (struct trace_record){.kind = TRACE_PAGE_TABLE,
                                       .code = (uint32_t)number(text, 1),
                                       .a = address(text, 2),
                                       .b = address(text, 3)};
    } else if (is(text, 0, "large")) {
        *event = (struct trace_record){.kind = TRACE_PAGE_TABLE,
                                       .detail = TRACE_MAPS_LARGE_PAGE,
                                       .code = (uint32_t)number(text, 1),
                                       .a = address(text, 2),
                                       .b = address(text, 3)};
    } else if (is(text, 0, "phase")) {
        *event = (struct trace_record){
            .kind = TRACE_PHASE,
            .detail = (uint8_t)CHOICE(text, 1, "warm_up", "measured")};
    } else {
        return false;
    }
    return true;
}

static void put_statement(struct script *script)
{
    const struct text *text = &script->text;
    struct trace_record event;
    if (is(text, 0, "fetch"))
        trace_put_fetch(script->writer, code_named(script),
                        (uint8_t)(text->count > 2 ? number(text, 2) : 1));
    else if (is(text, 0, "load") || is(text, 0, "store"))
        trace_put_data(script->writer, is(text, 0, "load") ? TRACE_LOAD : TRACE_STORE,
                       address(text, 1), address(text, 2), (uint8_t)number(text, 3));
    else if (is_event(text, &event))
        trace_put_event(script->writer, &event);
    else
        put_definition(script);
}

void golden_write_trace(const char *text_path, const char *trace_path)
{
    struct cb_error error;
    struct script script = {.writer = trace_create(trace_path, "{}", &error)};
    assert_non_null(script.writer);
    text_open(&script.text, text_path);
    while (text_next(&script.text))
        put_statement(&script);
    if (!trace_finish(script.writer, &error))
        fail_msg("%s: %s", text_path, error.sentence);
}

/* ---- ledgers ---- */

static struct golden_domain *domain_at(struct golden_ledger *ledger,
                                       const struct text *text)
{
    unsigned phase = CHOICE(text, 0, "warm_up", "measured");
    for (size_t i = 0; i < ledger->domain_count; i++)
        if (ledger->domains[phase][i].id == number(text, 1))
            return &ledger->domains[phase][i];
    wrong(text, "no such domain");
    return NULL;
}

static enum account account_at(const struct text *text, unsigned word)
{
    for (int account = 0; account < ACCOUNTS; account++)
        if (is(text, word, account_name((enum account)account)))
            return (enum account)account;
    wrong(text, "no such account");
    return ACCOUNTS;
}

static enum side side_at(const struct text *text, unsigned word)
{
    for (int side = 0; side < SIDES; side++)
        if (is(text, word, side_name((enum side)side)))
            return (enum side)side;
    wrong(text, "no such side");
    return SIDES;
}

static enum component component_at(const struct text *text, unsigned word)
{
    for (int component = 0; component < COMPONENTS; component++)
        if (is(text, word, component_name((enum component)component)))
            return (enum component)component;
    wrong(text, "no such component");
    return COMPONENTS;
}

static void expect_crossing(struct golden_ledger *ledger, const struct text *text)
{
    int64_t which = number(text, 1);
    if (which < 1 || which > GOLDEN_CROSSINGS) {
        wrong(text, "no such crossing");
        return;
    }
    struct golden_crossing *crossing = &ledger->crossings[which - 1];
    if (is(text, 2, "pays")) {
        crossing->mcycles[account_at(text, 3)] = MACHINE_CYCLE * number(text, 4);
        return;
    }
    if (is(text, 2, "with_children")) {
        crossing->with_children_mcycles = MACHINE_CYCLE * number(text, 3);
        return;
    }
    crossing->given = true;
    crossing->parent = (uint32_t)number(text, 3);
    crossing->domain = (uint16_t)number(text, 4);
    while (!is(text, 2, crossing_kind_name(crossing->kind)))
        if (++crossing->kind == CROSSING_KINDS)
            wrong(text, "no such kind of crossing");
}

static struct structure_counters *structure_at(struct golden_ledger *ledger,
                                               const struct text *text)
{
    size_t i = 0;
    while (i < ledger->structure_count && !is(text, 1, ledger->structures[i].name))
        i++;
    if (i == GOLDEN_STRUCTURES || text->count < 4)
        wrong(text, "one structure too many, or no numbers");
    struct structure_counters *counters = &ledger->structures[i];
    if (i == ledger->structure_count) {
        snprintf(counters->name, sizeof counters->name, "%s", text->words[1]);
        ledger->structure_count++;
    }
    return counters;
}

static void expect_structure(struct golden_ledger *ledger, const struct text *text)
{
    struct structure_counters *counters = structure_at(ledger, text);
    unsigned what = CHOICE(text, 2, "fetch", "load", "store", "flushes", "write_backs");
    if (what < 3) {
        counters->accesses[what] = number(text, 3);
        counters->misses[what] = number(text, 4);
    } else if (what == 3) {
        counters->flushes = number(text, 3);
        counters->flushed_entries = number(text, 4);
    } else {
        counters->write_backs = number(text, 3);
    }
}

static void expect(struct golden_ledger *ledger, const struct text *text)
{
    if (is(text, 0, "structure")) {
        expect_structure(ledger, text);
        return;
    }
    if (is(text, 0, "crossing")) {
        expect_crossing(ledger, text);
        return;
    }
    if (is(text, 0, "total")) {
        ledger->total_mcycles = MACHINE_CYCLE * number(text, 1);
        return;
    }
    struct golden_domain *domain = domain_at(ledger, text);
    if (is(text, 2, "refilled")) {
        bool flushed = CHOICE(text, 3, "eviction", "flush");
        int64_t *counts =
            flushed ? domain->refilled_after_flush : domain->refilled_after_eviction;
        counts[component_at(text, 4)] = number(text, 5);
        return;
    }
    struct ledger_line *line = &domain->line[account_at(text, 2)];
    if (is(text, 3, "instructions")) {
        line->instructions = number(text, 4);
        line->instruction_mcycles = MACHINE_CYCLE * number(text, 5);
    } else if (is(text, 3, "memory")) {
        line->memory_mcycles = MACHINE_CYCLE * number(text, 4);
    } else {
        line->counts.n[side_at(text, 3)][component_at(text, 4)] = number(text, 5);
    }
}

void golden_read_ledger(const char *text_path, const struct reference_trace *trace,
                        struct golden_ledger *ledger)
{
    struct text text;
    *ledger = (struct golden_ledger){.domain_count = trace->domain_count};
    assert_in_range(trace->domain_count, 1, GOLDEN_DOMAINS);
    for (int phase = 0; phase < LEDGER_PHASES; phase++)
        for (size_t i = 0; i < trace->domain_count; i++)
            ledger->domains[phase][i].id = trace->domains[i].id;
    text_open(&text, text_path);
    while (text_next(&text))
        expect(ledger, &text);
}
