#include "model/sweep_kept.h"

#include "model/ledger.h"
#include "model/sweep_bytes.h"
#include "traces/hash.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- what they are known by ---- */

static void hash_text(struct hash *hash, const char *text)
{
    hash_add(hash, text, strlen(text));
    hash_add(hash, "\n", 1);
}

static void hash_number(struct hash *hash, uint64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    hash_text(hash, text);
}

static bool hash_machine(struct hash *hash, const struct machine *machine)
{
    char *json = machine_to_json(machine);
    if (json == NULL)
        return false;
    hash_text(hash, json);
    free(json);
    return true;
}

bool kept_key(const struct trace_reader *trace, const char *kind,
              const struct machine *machine, char key[65])
{
    struct hash hash;
    hash_start(&hash);
    hash_text(&hash, "crossbill " CROSSBILL_VERSION ", counts of a sweep, 1");
    hash_number(&hash, LEDGER_PHASES);
    hash_number(&hash, ACCOUNTS);
    hash_number(&hash, SIDES);
    hash_number(&hash, COMPONENTS);
    hash_number(&hash, INSTRUCTION_CLASSES);
    hash_text(&hash, trace_info(trace)->sha256);
    hash_text(&hash, kind);
    bool good = hash_machine(&hash, machine);
    hash_finish(&hash, key);
    return good;
}

bool kept_name(const struct plan *plan, const struct need *need, char name[65])
{
    const struct family_shape *shape = &need->shape;
    const bool truths[] = {shape->is_tlb,  shape->write_allocate, shape->tagged,
                           shape->recycle, shape->global,         shape->keeps_global};
    struct hash hash;
    hash_start(&hash);
    for (size_t i = 0; i < sizeof truths; i++)
        hash_number(&hash, truths[i]);
    hash_number(&hash, shape->shift);
    hash_number(&hash, shape->asid_bits);
    for (enum side side = SIDE_FETCH; side <= SIDE_DATA; side++)
        for (unsigned kernel = 0; kernel < 2; kernel++) {
            hash_number(&hash, shape->serves[side][kernel]);
            hash_number(&hash, shape->large_shift[side][kernel]);
        }
    bool good = need->before == NOWHERE ||
                hash_machine(&hash, &plan->befores[need->before].machine);
    hash_finish(&hash, name);
    return good;
}

/* ---- the seal ---- */

static void checksum(const void *bytes, size_t size, char text[65])
{
    struct hash hash;
    hash_start(&hash);
    hash_add(&hash, bytes, size);
    hash_finish(&hash, text);
}

bool kept_seal(struct sweep_counts *counts, const void *bytes, size_t size)
{
    char sum[65];
    counts->size = size + 2 * (size_t)KEPT_DIGITS;
    char *sealed = malloc(counts->size);
    counts->bytes = sealed;
    if (sealed == NULL)
        return false;
    memcpy(sealed, counts->key, KEPT_DIGITS);
    memcpy(sealed + KEPT_DIGITS, bytes, size);
    checksum(sealed, KEPT_DIGITS + size, sum);
    memcpy(sealed + KEPT_DIGITS + size, sum, KEPT_DIGITS);
    return true;
}

static bool open_seal(const struct sweep_counts *counts, const char *key,
                      struct bytes_reader *reader)
{
    const uint8_t *sealed = counts->bytes;
    char sum[65];
    if (counts->size < 2 * (size_t)KEPT_DIGITS)
        return false;
    const uint8_t *end = sealed + counts->size - KEPT_DIGITS;
    checksum(sealed, counts->size - KEPT_DIGITS, sum);
    *reader = (struct bytes_reader){.at = sealed + KEPT_DIGITS, .end = end};
    return memcmp(sealed, key, KEPT_DIGITS) == 0 && memcmp(end, sum, KEPT_DIGITS) == 0;
}

static bool seal(struct sweep_counts *counts, struct bytes *bytes)
{
    bytes_add(bytes, "", 0); /* ends a row of zeros */
    bool good = !bytes->failed && kept_seal(counts, bytes->data, bytes->size);
    free(bytes->data);
    return good;
}

/* ---- a ledger ---- */

typedef void see_counts(void *context, int64_t *counts, size_t n);

static void each_of_domain(struct ledger_domain *domain, unsigned parts, see_counts *see,
                           void *context)
{
    enum { TRANSLATION = COMPONENT_WALK + 1 };
    if ((parts & KEPT_INSTRUCTIONS) != 0) {
        see(context, domain->classes, INSTRUCTION_CLASSES);
        for (enum account account = 0; account < ACCOUNTS; account++) {
            see(context, domain->charged[account], INSTRUCTION_CLASSES);
            see(context, &domain->line[account].instructions, 1);
        }
    }
    for (enum account account = 0; account < ACCOUNTS; account++)
        for (enum side side = 0; side < SIDES; side++) {
            int64_t *of = domain->line[account].counts.n[side];
            if ((parts & KEPT_TLBS) != 0)
                see(context, of, TRANSLATION);
            if ((parts & KEPT_CACHES) != 0)
                see(context, of + TRANSLATION, COMPONENTS - TRANSLATION);
        }
}

/* With instructions: records lost, and by phase records, requests and switches. Then, by
 * phase and domain: with instructions, those executed by class, and by account those
 * charged by class and those executed; the events, by account and side. */
static void each_count(struct ledger *ledger, unsigned parts, see_counts *see,
                       void *context)
{
    if ((parts & KEPT_INSTRUCTIONS) != 0)
        see(context, &ledger->lost, 1);
    for (size_t i = 0; i < LEDGER_PHASES; i++) {
        struct ledger_phase *phase = &ledger->phase[i];
        if ((parts & KEPT_INSTRUCTIONS) != 0) {
            see(context, &phase->records, 1);
            see(context, &phase->requests, 1);
            see(context, &phase->thread_switches, 1);
            see(context, phase->space_switches, 3);
        }
        for (size_t domain = 0; domain < ledger->domain_count; domain++)
            each_of_domain(&phase->domains[domain], parts, see, context);
    }
}

static void put(void *context, int64_t *counts, size_t n)
{
    bytes_counts(context, counts, n);
}

static void get(void *context, int64_t *counts, size_t n)
{
    read_counts(context, counts, n);
}

static void write_ledger(struct bytes *bytes, struct ledger *ledger, unsigned parts)
{
    bytes_number(bytes, ledger->domain_count);
    each_count(ledger, parts, put, bytes);
}

static struct ledger *read_ledger(struct bytes_reader *reader, unsigned parts,
                                  const struct trace_reader *trace)
{
    static const struct machine none;
    struct ledger *ledger = ledger_create(trace, &none);
    if (ledger == NULL)
        return NULL;
    reader->bad |= read_number(reader) != ledger->domain_count;
    each_count(ledger, parts, get, reader);
    return ledger;
}

bool kept_write_ledger(struct sweep_counts *counts, struct ledger *ledger, unsigned parts)
{
    struct bytes bytes = {0};
    write_ledger(&bytes, ledger, parts);
    checksum("", 0, counts->part);
    return seal(counts, &bytes);
}

enum kept_fit kept_read_ledger(const struct sweep_counts *counts, const char *key,
                               unsigned parts, const struct trace_reader *trace,
                               struct ledger **ledger)
{
    struct bytes_reader reader;
    *ledger = NULL;
    if (!open_seal(counts, key, &reader))
        return KEPT_IS_DAMAGED;
    *ledger = read_ledger(&reader, parts, trace);
    if (*ledger == NULL)
        return KEPT_IS_OTHER; /* for lack of memory: it is as if there were none */
    if (read_whole(&reader))
        return KEPT_FITS;
    ledger_free(*ledger);
    *ledger = NULL;
    return KEPT_IS_DAMAGED;
}

/* ---- a pass ---- */

#define PASS_PARTS (KEPT_INSTRUCTIONS | KEPT_TLBS)

static size_t row_size(size_t domains, uint64_t sizes)
{
    return LEDGER_PHASES * domains * SIDES * ACCOUNTS * (size_t)sizes;
}

static void write_family(struct bytes *bytes, struct hash *part, const char *name,
                         const struct family *family, size_t domains)
{
    size_t columns = family_columns(family);
    bytes_add(bytes, name, KEPT_DIGITS);
    bytes_number(bytes, columns);
    hash_text(part, name);
    for (size_t i = 0; i < columns; i++) {
        bytes_number(bytes, family_sets(family, i));
        bytes_number(bytes, family_ways(family, i));
        hash_number(part, family_sets(family, i));
        hash_number(part, family_ways(family, i));
    }
    for (size_t i = 0; i < columns; i++)
        bytes_counts(bytes, family_cells(family, i),
                     row_size(domains, family_ways(family, i) + UINT64_C(1)));
}

static size_t count_needs(const struct plan *plan, size_t stream)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->need_count; i++)
        count += plan->needs[i].stream == stream;
    return count;
}

static bool write_families(struct bytes *bytes, struct hash *part,
                           const struct pass *pass, const struct plan *plan,
                           size_t stream)
{
    char name[65];
    bytes_number(bytes, count_needs(plan, stream));
    for (size_t i = 0; i < plan->need_count; i++) {
        if (plan->needs[i].stream != stream)
            continue;
        if (!kept_name(plan, &plan->needs[i], name))
            return false;
        write_family(bytes, part, name, pass_family(pass, i), pass->ledger->domain_count);
    }
    return true;
}

bool kept_write_pass(struct sweep_counts *counts, const struct pass *pass,
                     const struct plan *plan, size_t stream)
{
    struct bytes bytes = {0};
    struct hash part;
    hash_start(&part);
    hash_number(&part, pass->uncached != NULL);
    write_ledger(&bytes, pass->ledger, PASS_PARTS);
    bytes_number(&bytes, pass->uncached != NULL);
    if (pass->uncached != NULL)
        bytes_counts(&bytes, pass->uncached[0][0],
                     row_size(pass->ledger->domain_count, 1));
    if (!write_families(&bytes, &part, pass, plan, stream)) {
        free(bytes.data);
        return false;
    }
    hash_finish(&part, counts->part);
    return seal(counts, &bytes);
}

/* ---- a pass, read ---- */

/* A family as it was kept. */
struct kept_family {
    char name[65];
    size_t columns;
    uint64_t *sets; /* ascending */
    uint32_t *ways;
};

static bool read_columns(struct bytes_reader *reader, struct kept_family *kept)
{
    read_bytes(reader, kept->name, KEPT_DIGITS);
    uint64_t columns = read_number(reader), last = 0;
    if (columns == 0 || columns > (uint64_t)(reader->end - reader->at))
        reader->bad = true;
    kept->columns = reader->bad ? 0 : (size_t)columns;
    kept->sets = calloc(kept->columns + 1, sizeof *kept->sets);
    kept->ways = calloc(kept->columns + 1, sizeof *kept->ways);
    if (kept->sets == NULL || kept->ways == NULL)
        return false;
    for (size_t i = 0; i < kept->columns; i++) {
        uint64_t sets = read_number(reader), ways = read_number(reader);
        reader->bad |= sets <= last || ways == 0 || ways >= UINT32_MAX;
        last = kept->sets[i] = sets;
        kept->ways[i] = reader->bad ? 0 : (uint32_t)ways;
    }
    return true;
}

static bool covers(const struct kept_family *kept, const struct need *need)
{
    size_t at = 0;
    for (size_t i = 0; i < need->columns; i++) {
        while (at < kept->columns && kept->sets[at] < need->sets[i])
            at++;
        if (at == kept->columns || kept->sets[at] != need->sets[i] ||
            kept->ways[at] < need->ways[i])
            return false;
    }
    return true;
}

/* The need that it serves; NOWHERE: none. */
static size_t need_of(const struct kept_family *kept, const struct pass *pass,
                      const struct plan *plan, size_t stream, const char (*names)[65])
{
    for (size_t i = 0; i < plan->need_count; i++)
        if (plan->needs[i].stream == stream && strcmp(names[i], kept->name) == 0)
            return covers(kept, &plan->needs[i]) && pass_family(pass, i) == NULL
                       ? i
                       : NOWHERE;
    return NOWHERE;
}

static bool read_family(struct bytes_reader *reader, struct pass *pass,
                        const struct plan *plan, size_t stream, const char (*names)[65],
                        size_t *served)
{
    struct kept_family kept = {0};
    struct family *family = NULL;
    size_t domains = pass->ledger->domain_count;
    bool good = read_columns(reader, &kept);
    size_t need =
        good && !reader->bad ? need_of(&kept, pass, plan, stream, names) : NOWHERE;
    if (need != NOWHERE) {
        family = family_finished(kept.sets, kept.ways, kept.columns, domains);
        good = family != NULL && stages_put(&pass->stages, need, family);
        *served += good;
        if (!good)
            family_free(family);
    }
    for (size_t i = 0; good && i < kept.columns; i++)
        read_counts(reader, need != NOWHERE ? family_cells(family, i) : NULL,
                    row_size(domains, kept.ways[i] + UINT64_C(1)));
    free(kept.sets);
    free(kept.ways);
    return good;
}

/* False without memory. */
static bool read_pass(struct bytes_reader *reader, struct pass *pass,
                      const struct plan *plan, size_t stream, const char (*names)[65],
                      const struct trace_reader *trace, size_t *served)
{
    pass->ledger = read_ledger(reader, PASS_PARTS, trace);
    if (pass->ledger == NULL)
        return false;
    size_t domains = pass->ledger->domain_count;
    uint64_t uncached = read_number(reader);
    reader->bad |= uncached > 1;
    if (uncached == 1) {
        pass->uncached = calloc(LEDGER_PHASES * domains, sizeof *pass->uncached);
        if (pass->uncached == NULL)
            return false;
        read_counts(reader, pass->uncached[0][0], row_size(domains, 1));
    }
    uint64_t families = read_number(reader);
    for (uint64_t i = 0; i < families && !reader->bad; i++)
        if (!read_family(reader, pass, plan, stream, names, served))
            return false;
    return true;
}

enum kept_fit kept_read_pass(const struct sweep_counts *counts, const char *key,
                             const struct plan *plan, size_t stream,
                             const char (*names)[65], const struct trace_reader *trace,
                             struct pass *pass)
{
    struct bytes_reader reader;
    size_t served = 0;
    *pass = (struct pass){0};
    if (!open_seal(counts, key, &reader))
        return KEPT_IS_DAMAGED;
    bool good = read_pass(&reader, pass, plan, stream, names, trace, &served);
    bool whole = good && read_whole(&reader);
    if (whole && served == count_needs(plan, stream) &&
        (pass->uncached != NULL || !plan->streams[stream].straight))
        return KEPT_FITS;
    pass_free(pass);
    return good && !whole ? KEPT_IS_DAMAGED : KEPT_IS_OTHER;
}
