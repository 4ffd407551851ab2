/* import_csv.c - comma-separated values with a line of column names. */
#include "importer.h"

#include "dump.h"

#define SIZE_ASSUMED 4

enum column {
    COLUMN_KIND,
    COLUMN_ADDRESS,
    COLUMN_PHYSICAL,
    COLUMN_SIZE,
    COLUMN_MODE,
    COLUMN_DOMAIN,
    COLUMN_SPACE,
    COLUMN_THREAD,
    COLUMN_CODE,
    COLUMN_DETAIL,
    COLUMNS
};

static const char *const names[COLUMNS] = {"kind", "address", "physical", "size",
                                           "mode", "domain",  "space",    "thread",
                                           "code", "detail"};

#define FIELD_MAX 32

struct csv {
    struct importer *importer;
    enum column columns[COLUMNS]; /* of each field in turn */
    int field_count;
    bool present[COLUMNS];
    char fields[COLUMNS][FIELD_MAX]; /* of the row, by column; "" if absent */
    struct pair_map homes;           /* thread: its domain + 1 */
};

/* The next field without blanks and quotation marks around it. */
static bool take_field(const char **at, char field[FIELD_MAX])
{
    skip_blanks(at);
    bool quoted = take_char(at, '"');
    size_t length = strcspn(*at, quoted ? "\"" : ",");
    const char *end = *at + length;
    if (quoted && *end != '"')
        return false;
    while (!quoted && length > 0 &&
           ((*at)[length - 1] == ' ' || (*at)[length - 1] == '\t'))
        length--;
    if (length >= FIELD_MAX)
        return false;
    memcpy(field, *at, length);
    field[length] = '\0';
    *at = end + quoted;
    skip_blanks(at);
    return true;
}

static bool find_column(struct csv *csv, const char *name)
{
    for (int i = 0; i < COLUMNS; i++)
        if (strcmp(name, names[i]) == 0) {
            if (csv->present[i])
                return importer_fail(csv->importer, "there are two columns %s", name);
            csv->present[i] = true;
            csv->columns[csv->field_count++] = (enum column)i;
            return true;
        }
    return importer_fail(csv->importer,
                         "'%s' is no column; kind, address, physical, size, mode, "
                         "domain, space, thread, code and detail are",
                         name);
}

static bool read_names(struct csv *csv, const char *at)
{
    char name[FIELD_MAX];
    do {
        if (!take_field(&at, name))
            return importer_fail(csv->importer, "the name of a column is too long");
        if (!find_column(csv, name))
            return false;
    } while (take_char(&at, ','));
    if (*at != '\0')
        return importer_fail(csv->importer, "a comma was expected between columns");
    if (!csv->present[COLUMN_KIND] || !csv->present[COLUMN_ADDRESS])
        return importer_fail(csv->importer, "the columns kind and address are needed");
    if (!csv->present[COLUMN_SIZE])
        csv->importer->result->assumptions = "sizes are 4";
    return true;
}

static bool read_fields(struct csv *csv, const char *at)
{
    for (int i = 0; i < csv->field_count; i++) {
        if (i > 0 && !take_char(&at, ','))
            return importer_fail(csv->importer, "the row has %d fields, %d were expected",
                                 i, csv->field_count);
        if (!take_field(&at, csv->fields[csv->columns[i]]))
            return importer_fail(csv->importer, "field %d is too long or does not end",
                                 i + 1);
    }
    return *at == '\0' || importer_fail(csv->importer, "the row has more than %d fields",
                                        csv->field_count);
}

/* An absent or empty field leaves the value as it is. */
static bool number_in(struct csv *csv, enum column column, uint64_t most, uint64_t *value)
{
    const char *at = csv->fields[column];
    uint64_t number;
    if (*at == '\0' || strcmp(at, "-") == 0)
        return true;
    if (!take_number(&at, &number) || *at != '\0' || number > most)
        return importer_fail(
            csv->importer, "%s is '%s', a number up to %llu was expected", names[column],
            csv->fields[column], (unsigned long long)most);
    *value = number;
    return true;
}

static bool kind_in(struct csv *csv, enum trace_kind *kind)
{
    for (unsigned i = 0; i < TRACE_KINDS; i++)
        if (strcmp(csv->fields[COLUMN_KIND], trace_kind_word(i)) == 0) {
            *kind = (enum trace_kind)i;
            return true;
        }
    return importer_fail(csv->importer, "'%s' is no kind of record",
                         csv->fields[COLUMN_KIND]);
}

static bool detail_in(struct csv *csv, struct trace_record *event)
{
    uint64_t detail = 0;
    for (unsigned i = 0; trace_detail_word(event->kind, i) != NULL; i++)
        if (strcmp(csv->fields[COLUMN_DETAIL], trace_detail_word(event->kind, i)) == 0) {
            event->detail = (uint8_t)i;
            return true;
        }
    if (!number_in(csv, COLUMN_DETAIL, UINT8_MAX, &detail))
        return false;
    event->detail = (uint8_t)detail;
    return true;
}

/* A thread's domain: where it was seen in user mode, or was switched to. In kernel mode
 * the column tells whose code runs, which need not be the thread's domain. */
static bool remember_home(struct csv *csv, uint64_t thread, uint64_t domain)
{
    bool fresh;
    struct pair_map_entry *home = pair_map_make(&csv->homes, thread, 0, &fresh);
    if (home == NULL)
        return cb_error_set(csv->importer->error, CB_IO, "out of memory");
    home->value = domain + 1;
    return true;
}

static bool declare(struct csv *csv, uint16_t id)
{
    char name[TRACE_NAME_SIZE];
    snprintf(name, sizeof name, "domain %u", id);
    return importer_declare(csv->importer, id, id == 0 ? "kernel" : name,
                            id == 0 ? TRACE_DOMAIN_KERNEL : TRACE_DOMAIN_LARGE);
}

static bool go_there(struct csv *csv)
{
    struct importer *importer = csv->importer;
    uint64_t owner = importer->owner, space = importer->space, thread = importer->thread;
    const char *mode = csv->fields[COLUMN_MODE];
    bool user = *mode == '\0' ? importer->user : strcmp(mode, "user") == 0;
    if (*mode != '\0' && !user && strcmp(mode, "kernel") != 0)
        return importer_fail(importer, "mode is '%s', user or kernel was expected", mode);
    if (!number_in(csv, COLUMN_DOMAIN, UINT16_MAX - 1, &owner) ||
        !number_in(csv, COLUMN_SPACE, UINT16_MAX, &space) ||
        !number_in(csv, COLUMN_THREAD, UINT32_MAX, &thread) ||
        !declare(csv, (uint16_t)owner))
        return false;
    if (user && !remember_home(csv, thread, owner))
        return false;
    const struct pair_map_entry *home = pair_map_find(&csv->homes, thread, 0);
    uint64_t domain = home != NULL ? home->value - 1 : importer->domain;
    if (user == importer->user && owner == importer->owner && space == importer->space &&
        thread == importer->thread && domain == importer->domain)
        return true;
    struct place place = {.user = user,
                          .domain = (uint16_t)domain,
                          .space = (uint16_t)space,
                          .owner = (uint16_t)owner,
                          .thread = (uint32_t)thread};
    importer_go(importer, &place);
    return true;
}

static bool put_access(struct csv *csv, enum trace_kind kind, uint64_t address)
{
    bool assumed = csv->fields[COLUMN_SIZE][0] == '\0';
    uint64_t physical = address, size = SIZE_ASSUMED;
    if (!number_in(csv, COLUMN_PHYSICAL, UINT64_MAX, &physical) ||
        !number_in(csv, COLUMN_SIZE, IMPORT_SIZE_MAX, &size) || !go_there(csv))
        return false;
    if (size == 0)
        return importer_fail(csv->importer, "size is 0");
    if (kind == TRACE_FETCH)
        importer_fetch_at(csv->importer, address, physical, size, assumed);
    else
        importer_data(csv->importer, kind, address, physical, size, assumed);
    return true;
}

static bool put_event(struct csv *csv, enum trace_kind kind, uint64_t address)
{
    struct trace_record event = {.kind = (uint8_t)kind, .a = address};
    uint64_t size = 0;
    if (!number_in(csv, COLUMN_PHYSICAL, UINT64_MAX, &event.b) ||
        !number_in(csv, COLUMN_SIZE, UINT8_MAX, &size) || !detail_in(csv, &event))
        return false;
    event.size = (uint8_t)size;
    if (kind == TRACE_THREAD_SWITCH &&
        (event.a > UINT32_MAX || event.b >= UINT16_MAX ||
         !declare(csv, (uint16_t)event.b) || !remember_home(csv, event.a, event.b)))
        return importer_fail(csv->importer, "the thread or its domain is out of range");
    if (kind == TRACE_CROSSING_OUT && event.a > 1)
        return importer_fail(csv->importer, "a crossing out has address 0 or 1");
    if (kind == TRACE_SPACE_SWITCH && event.b > UINT16_MAX)
        return importer_fail(csv->importer, "the space is out of range");
    importer_event(csv->importer, &event);
    return true;
}

static bool read_row(struct csv *csv, const char *at)
{
    enum trace_kind kind = TRACE_FETCH;
    uint64_t address = 0;
    if (!read_fields(csv, at) || !kind_in(csv, &kind))
        return false;
    if (csv->fields[COLUMN_ADDRESS][0] == '\0')
        return importer_fail(csv->importer, "the address is missing");
    if (!number_in(csv, COLUMN_ADDRESS, UINT64_MAX, &address))
        return false;
    return kind <= TRACE_STORE ? put_access(csv, kind, address)
                               : put_event(csv, kind, address);
}

bool import_csv(struct importer *importer)
{
    struct csv csv = {.importer = importer};
    const char *line;
    enum input_status status;
    bool named = false, done = true;
    while (done && (status = importer_line(importer, &line)) == INPUT_READ) {
        if (*line == '\0' || *line == '#')
            continue;
        done = named ? read_row(&csv, line) : read_names(&csv, line);
        named = true;
    }
    pair_map_free(&csv.homes);
    if (!done || status == INPUT_FAILED)
        return false;
    return named || importer->result->stopped ||
           importer_fail(importer, "a line of column names was expected");
}
