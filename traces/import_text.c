/* import_text.c - the text of a trace, as dump.h describes it. */
#include "importer.h"

#include "dump.h"
#include "escape.h"

#include <stdlib.h>

#define WORD_MAX 32

/* Each of these takes a blank and what follows it. */
static bool take_value(const char **at, uint64_t most, uint64_t *value)
{
    const char *p = *at;
    if (!take_char(&p, ' ') || !take_number(&p, value) || *value > most)
        return false;
    *at = p;
    return true;
}

static bool take_item(const char **at, char word[WORD_MAX])
{
    const char *p = *at;
    if (!take_char(&p, ' ') || !take_word(&p, word, WORD_MAX))
        return false;
    *at = p;
    return true;
}

static bool index_of(const char *word, const char *(*words)(unsigned), unsigned *index)
{
    for (*index = 0; words(*index) != NULL; ++*index)
        if (strcmp(words(*index), word) == 0)
            return true;
    return false;
}

static bool take_name(const char **at, char name[TRACE_NAME_SIZE])
{
    return take_char(at, ' ') && unescape_line(name, TRACE_NAME_SIZE, *at);
}

static bool read_domain(struct importer *importer, const char *at)
{
    struct trace_domain domain = {.id = 0};
    char word[WORD_MAX];
    uint64_t id;
    unsigned kind;
    if (!take_value(&at, UINT16_MAX, &id) || !take_item(&at, word) ||
        !index_of(word, trace_domain_kind_word, &kind) ||
        !take_value(&at, UINT64_MAX, &domain.base) ||
        !take_value(&at, UINT64_MAX, &domain.limit) || !take_name(&at, domain.name))
        return importer_fail(importer, "domain ID KIND BASE LIMIT NAME was expected");
    domain.id = (uint16_t)id;
    domain.kind = (uint8_t)kind;
    trace_put_domain(importer->writer, &domain);
    return true;
}

static bool read_region(struct importer *importer, const char *at)
{
    struct trace_region region = {.base = 0};
    char word[WORD_MAX], owner[WORD_MAX];
    uint64_t domain = TRACE_DOMAIN_CURRENT;
    unsigned role;
    bool known = take_item(&at, word) && index_of(word, trace_role_word, &role) &&
                 take_item(&at, owner);
    const char *p = owner;
    if (known && strcmp(owner, "current") != 0)
        known = take_decimal(&p, &domain) && *p == '\0' && domain <= UINT16_MAX;
    if (!known || !take_value(&at, UINT64_MAX, &region.base) ||
        !take_value(&at, UINT64_MAX, &region.limit) || !take_name(&at, region.name))
        return importer_fail(importer, "region ROLE OWNER BASE LIMIT NAME was expected");
    region.role = (uint8_t)role;
    region.domain = (uint16_t)domain;
    trace_put_region(importer->writer, &region);
    return true;
}

static bool read_tables(struct importer *importer, const char *at)
{
    struct trace_tables tables = {.idt = 0};
    uint64_t *addresses[] = {&tables.idt,          &tables.gdt,
                             &tables.tss,          &tables.idt_physical,
                             &tables.gdt_physical, &tables.tss_physical};
    uint64_t cs, ss;
    bool known = true;
    for (int i = 0; i < 6; i++)
        known = known && take_value(&at, UINT64_MAX, addresses[i]);
    if (!known || !take_value(&at, UINT16_MAX, &cs) ||
        !take_value(&at, UINT16_MAX, &ss) || *at != '\0')
        return importer_fail(importer, "tables and eight numbers were expected");
    tables.kernel_cs = (uint16_t)cs;
    tables.kernel_ss = (uint16_t)ss;
    trace_put_tables(importer->writer, &tables);
    return true;
}

static bool take_bytes(const char **at, uint8_t bytes[15], uint8_t *length)
{
    char word[WORD_MAX];
    *length = 0;
    if (!take_item(at, word))
        return false;
    if (strcmp(word, "-") == 0)
        return true;
    for (const char *p = word; *p != '\0'; p += 2) {
        char digits[3] = {p[0], p[1], '\0'};
        const char *end = digits;
        uint64_t byte;
        if (*length == 15 || p[1] == 'x' || !take_hexadecimal(&end, &byte) ||
            end != digits + 2)
            return false;
        bytes[(*length)++] = (uint8_t)byte;
    }
    return true;
}

static bool read_code(struct importer *importer, const char *at)
{
    uint64_t number, vaddr, paddr;
    uint8_t bytes[15], length;
    if (!take_value(&at, TRACE_NO_CODE, &number) ||
        !take_value(&at, UINT64_MAX, &vaddr) || !take_value(&at, UINT64_MAX, &paddr) ||
        !take_bytes(&at, bytes, &length) || *at != '\0')
        return importer_fail(importer, "code NUMBER VADDR PADDR BYTES was expected");
    if (trace_put_code(importer->writer, vaddr, paddr, bytes, length) != number)
        return importer_fail(importer, "code location %llu is out of its order",
                             (unsigned long long)number);
    return true;
}

/* MODE DOMAIN SPACE THREAD */
static bool take_state(const char **at, bool *user, uint64_t state[3])
{
    char mode[WORD_MAX];
    if (!take_item(at, mode) || !take_value(at, UINT16_MAX, &state[0]) ||
        !take_value(at, UINT16_MAX, &state[1]) || !take_value(at, UINT32_MAX, &state[2]))
        return false;
    *user = strcmp(mode, "user") == 0;
    return *user || strcmp(mode, "kernel") == 0;
}

static bool read_state(struct importer *importer, const char *at)
{
    bool user;
    uint64_t state[3];
    if (!take_state(&at, &user, state) || *at != '\0')
        return importer_fail(importer, "state MODE DOMAIN SPACE THREAD was expected");
    trace_put_state(importer->writer, (uint32_t)state[2], (uint16_t)state[0],
                    (uint16_t)state[1], user);
    return true;
}

static bool take_code(const char **at, uint32_t *code)
{
    uint64_t number;
    const char *p = *at;
    if (strncmp(p, " -", 2) == 0 && (p[2] == ' ' || p[2] == '\0')) {
        *code = TRACE_NO_CODE;
        *at = p + 2;
        return true;
    }
    if (!take_value(at, UINT32_MAX, &number))
        return false;
    *code = (uint32_t)number;
    return true;
}

static bool take_detail(const char **at, struct trace_record *record)
{
    char word[WORD_MAX];
    const char *p = word;
    uint64_t number;
    if (record->kind <= TRACE_STORE)
        return true;
    if (!take_item(at, word))
        return false;
    for (unsigned i = 0; trace_detail_word(record->kind, i) != NULL; i++)
        if (strcmp(trace_detail_word(record->kind, i), word) == 0) {
            record->detail = (uint8_t)i;
            return true;
        }
    if (!take_decimal(&p, &number) || *p != '\0' || number > UINT8_MAX)
        return false;
    record->detail = (uint8_t)number;
    return true;
}

static void put_record(struct importer *importer, const struct trace_record *record)
{
    if (record->kind == TRACE_FETCH)
        trace_put_fetch(importer->writer, record->code, record->size);
    else if (record->kind <= TRACE_STORE)
        trace_put_data(importer->writer, (enum trace_kind)record->kind, record->vaddr,
                       record->paddr, record->size);
    else
        trace_put_event(importer->writer, record);
}

static bool read_record(struct importer *importer, unsigned kind, const char *at)
{
    struct trace_record record = {.kind = (uint8_t)kind};
    uint64_t size, state[3];
    bool user;
    if (!take_value(&at, UINT64_MAX, &record.a) ||
        !take_value(&at, UINT64_MAX, &record.b) || !take_value(&at, UINT8_MAX, &size) ||
        !take_state(&at, &user, state) || !take_code(&at, &record.code) ||
        !take_detail(&at, &record) || *at != '\0')
        return importer_fail(importer,
                             "%s A B SIZE MODE DOMAIN SPACE THREAD CODE%s was "
                             "expected",
                             trace_kind_word(kind), kind > TRACE_STORE ? " DETAIL" : "");
    record.size = (uint8_t)size;
    put_record(importer, &record);
    return true;
}

static bool read_line(struct importer *importer, const char *line)
{
    static const struct {
        const char *word;
        bool (*read)(struct importer *importer, const char *at);
    } definitions[] = {{"code", read_code},
                       {"domain", read_domain},
                       {"region", read_region},
                       {"tables", read_tables},
                       {"state", read_state}};
    char word[WORD_MAX] = "";
    const char *at = line;
    unsigned kind;
    take_word(&at, word, sizeof word);
    if (index_of(word, trace_kind_word, &kind))
        return read_record(importer, kind, at);
    for (size_t i = 0; i < sizeof definitions / sizeof *definitions; i++)
        if (strcmp(word, definitions[i].word) == 0)
            return definitions[i].read(importer, at);
    return importer_fail(importer, "a record or a definition was expected");
}

/* The first two lines. */
static bool begin(struct importer *importer)
{
    static const char first[] = "crossbill-text 1", second[] = "header ";
    const char *line;
    size_t length;
    enum input_status status =
        input_line(importer->input, &line, &length, importer->error);
    if (status == INPUT_FAILED)
        return false;
    if (status == INPUT_END || strcmp(line, first) != 0)
        return importer_fail(importer, "the first line must be: %s", first);
    status = input_line(importer->input, &line, &length, importer->error);
    if (status == INPUT_FAILED)
        return false;
    if (status == INPUT_END || strncmp(line, second, sizeof second - 1) != 0 ||
        strlen(line) != length)
        return importer_fail(importer, "the second line must be: header JSON");
    char *header = malloc(length + 1);
    if (header == NULL)
        return cb_error_set(importer->error, CB_IO, "out of memory");
    bool plain = unescape_line(header, length + 1, line + sizeof second - 1);
    if (plain)
        importer->writer = trace_create(importer->to, header, importer->error);
    else
        importer_fail(importer, "a backslash must be followed by another or by xNN");
    free(header);
    return importer->writer != NULL;
}

bool import_text(struct importer *importer)
{
    const char *line;
    enum input_status status;
    if (!begin(importer))
        return false;
    while ((status = importer_line(importer, &line)) == INPUT_READ)
        if (!read_line(importer, line))
            return false;
    return status == INPUT_END;
}
