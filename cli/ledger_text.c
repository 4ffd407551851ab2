/* ledger_text.c - a ledger as tables for people. */
#include "cli.h"
#include "ledger.h"

#include <inttypes.h>
#include <string.h>

/* What is being printed: every part below needs the same three. */
struct page {
    const struct ledger *ledger;
    const struct ledger_origin *origin;
    enum trace_phase phase;
    FILE *out;
};

static const struct ledger_phase *phase_of(const struct page *page)
{
    return &page->ledger->phase[page->phase];
}

static int64_t line_mcycles(const struct ledger_line *line)
{
    return line->instruction_mcycles + line->memory_mcycles;
}

static int64_t domain_group(const struct ledger_domain *domain, enum account_group group)
{
    int64_t sum = 0;
    for (int account = 0; account < ACCOUNTS; account++)
        if (account_group((enum account)account) == group)
            sum += line_mcycles(&domain->line[account]);
    return sum;
}

static bool account_is_used(const struct page *page, enum account account)
{
    for (size_t d = 0; d < page->ledger->domain_count; d++)
        if (line_mcycles(&phase_of(page)->domains[d].line[account]) != 0)
            return true;
    return false;
}

static bool domain_is_used(const struct ledger_domain *domain)
{
    for (int account = 0; account < ACCOUNTS; account++)
        if (domain->line[account].instructions != 0 ||
            line_mcycles(&domain->line[account]) != 0)
            return true;
    return false;
}

static void put_cycles(struct table *table, int64_t mcycles)
{
    char text[32];
    if (mcycles == 0)
        table_put(table, ".");
    else
        table_put(table, "%s", cli_cycles(text, mcycles));
}

static void put_share(struct table *table, int64_t part, int64_t whole)
{
    if (whole == 0)
        table_put(table, ".");
    else
        table_put(table, "%.1f %%", 100.0 * (double)part / (double)whole);
}

static int64_t phase_total(const struct page *page)
{
    int64_t sum = 0;
    for (int group = 0; group < GROUPS; group++)
        sum += ledger_group_mcycles(page->ledger, page->phase, (enum account_group)group);
    return sum;
}

/* Columns of the bill: name, cycles, share, per request, then one for each domain. */
enum { BILL_FIXED_COLUMNS = 4, BILL_DOMAINS = 8 };

struct bill_columns {
    const struct ledger_domain *domains[BILL_DOMAINS];
    size_t count;
    size_t left_out;
};

static struct bill_columns choose_columns(const struct page *page)
{
    struct bill_columns columns = {0};
    for (size_t d = 0; d < page->ledger->domain_count; d++) {
        const struct ledger_domain *domain = &phase_of(page)->domains[d];
        if (!domain_is_used(domain))
            continue;
        if (columns.count == BILL_DOMAINS)
            columns.left_out++;
        else
            columns.domains[columns.count++] = domain;
    }
    return columns;
}

static void put_bill_start(const struct page *page, struct table *table, const char *name,
                           int64_t mcycles, int64_t total)
{
    int64_t requests = phase_of(page)->requests;
    table_put(table, "%s", name);
    put_cycles(table, mcycles);
    put_share(table, mcycles, total);
    if (requests == 0 || mcycles == 0)
        table_put(table, ".");
    else
        table_put(table, "%.1f", (double)mcycles / 1000.0 / (double)requests);
}

static void put_group_row(const struct page *page, struct table *table,
                          const struct bill_columns *columns, enum account_group group,
                          int64_t total)
{
    put_bill_start(page, table, account_group_name(group),
                   ledger_group_mcycles(page->ledger, page->phase, group), total);
    for (size_t i = 0; i < columns->count; i++)
        put_cycles(table, domain_group(columns->domains[i], group));
}

static void put_account_row(const struct page *page, struct table *table,
                            const struct bill_columns *columns, enum account account,
                            int64_t total)
{
    char name[64];
    snprintf(name, sizeof name, "  %s", account_title(account));
    put_bill_start(page, table, name,
                   ledger_account_mcycles(page->ledger, page->phase, account), total);
    for (size_t i = 0; i < columns->count; i++)
        put_cycles(table, line_mcycles(&columns->domains[i]->line[account]));
}

/* Groups of one account need no second line for it. */
static bool group_has_parts(enum account_group group)
{
    int parts = 0;
    for (int account = 0; account < ACCOUNTS; account++)
        parts += account_group((enum account)account) == group;
    return parts > 1;
}

static void print_bill(const struct page *page)
{
    struct bill_columns columns = choose_columns(page);
    int64_t total = phase_total(page);
    char layout[BILL_FIXED_COLUMNS + BILL_DOMAINS + 1] = "lrrr";
    memset(layout + BILL_FIXED_COLUMNS, 'r', columns.count);
    layout[BILL_FIXED_COLUMNS + columns.count] = '\0';

    struct table *table = table_new(layout);
    table_put(table, "Where the cycles went");
    table_put(table, "cycles");
    table_put(table, "share");
    table_put(table, "a request");
    for (size_t i = 0; i < columns.count; i++)
        table_put(table, "%s", columns.domains[i]->name);
    for (int group = 0; group < GROUPS; group++) {
        put_group_row(page, table, &columns, (enum account_group)group, total);
        if (!group_has_parts((enum account_group)group))
            continue;
        for (int account = 0; account < ACCOUNTS; account++)
            if (account_group((enum account)account) == (enum account_group)group &&
                account_is_used(page, (enum account)account))
                put_account_row(page, table, &columns, (enum account)account, total);
    }
    table_rule(table);
    put_bill_start(page, table, "total", total, total);
    for (size_t i = 0; i < columns.count; i++) {
        int64_t sum = 0;
        for (int group = 0; group < GROUPS; group++)
            sum += domain_group(columns.domains[i], (enum account_group)group);
        put_cycles(table, sum);
    }
    table_print(table, page->out, 0);
    if (columns.left_out > 0)
        fprintf(page->out, "(%zu further domains are in the total; --json has them)\n",
                columns.left_out);
    fputc('\n', page->out);
}

static void print_crossings(const struct page *page)
{
    const struct crossing_summary *kinds = phase_of(page)->crossings;
    int64_t all = 0;
    for (int kind = 0; kind < CROSSING_KINDS; kind++)
        all += kinds[kind].count;
    if (all == 0)
        return;
    struct table *table = table_new("lrrrrrrrr");
    const char *const heads[] = {"Crossings", "count",    "instructions",
                                 "median",    "p90",      "p99",
                                 "explicit",  "implicit", "with children"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        table_put(table, "%s", heads[i]);
    for (int kind = 0; kind < CROSSING_KINDS; kind++) {
        const struct crossing_summary *summary = &kinds[kind];
        char text[32];
        if (summary->count == 0)
            continue;
        table_put(table, "%s", crossing_kind_name((enum crossing_kind)kind));
        table_put(table, "%s", cli_grouped(text, summary->count));
        table_put(table, "%.1f", (double)summary->instructions / (double)summary->count);
        put_cycles(table, summary->total.median);
        put_cycles(table, summary->total.p90);
        put_cycles(table, summary->total.p99);
        put_cycles(table, summary->explicit_cost.median);
        put_cycles(table, summary->implicit_cost.median);
        put_cycles(table, summary->with_children.median);
    }
    table_print(table, page->out, 0);
    fputs("(cycles of one crossing: explicit + implicit, then the median of each, then "
          "the\n"
          " median with the crossings made on its behalf;\n"
          " instructions: mean number on its path)\n\n",
          page->out);
}

struct component_row {
    int64_t n[SIDES];
    int64_t all, after_flush, after_eviction;
};

static struct component_row sum_component(const struct page *page,
                                          enum component component)
{
    struct component_row row = {0};
    for (size_t d = 0; d < page->ledger->domain_count; d++) {
        const struct ledger_domain *domain = &phase_of(page)->domains[d];
        for (int account = 0; account < ACCOUNTS; account++)
            for (int side = 0; side < SIDES; side++)
                row.n[side] += domain->line[account].counts.n[side][component];
        row.after_flush += domain->refilled_after_flush[component];
        row.after_eviction += domain->refilled_after_eviction[component];
    }
    for (int side = 0; side < SIDES; side++)
        row.all += row.n[side];
    return row;
}

static void put_count(struct table *table, int64_t count)
{
    char text[32];
    table_put(table, "%s", count == 0 ? "." : cli_grouped(text, count));
}

static void print_misses(const struct page *page)
{
    struct table *table = table_new("lrrrrrr");
    const char *const heads[] = {"Misses",        "all",  "fetch",
                                 "data",          "walk", "refilled after flush",
                                 "after eviction"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        table_put(table, "%s", heads[i]);
    for (int component = 0; component < COMPONENTS; component++) {
        struct component_row row = sum_component(page, (enum component)component);
        if (row.all == 0)
            continue;
        table_put(table, "%s", component_name((enum component)component));
        put_count(table, row.all);
        for (int side = 0; side < SIDES; side++)
            put_count(table, row.n[side]);
        put_count(table, row.after_flush);
        put_count(table, row.after_eviction);
    }
    table_print(table, page->out, 0);
    fputc('\n', page->out);
}

static void print_domains(const struct page *page)
{
    struct table *table = table_new("lrrrr");
    const char *const heads[] = {"Domains", "instructions", "visits", "pages a visit",
                                 "lines a visit"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        table_put(table, "%s", heads[i]);
    for (size_t d = 0; d < page->ledger->domain_count; d++) {
        const struct ledger_domain *domain = &phase_of(page)->domains[d];
        int64_t instructions = 0;
        if (!domain_is_used(domain))
            continue;
        for (int account = 0; account < ACCOUNTS; account++)
            instructions += domain->line[account].instructions;
        table_put(table, "%s", domain->name);
        put_count(table, instructions);
        put_count(table, domain->visits);
        double visits = (double)domain->visits;
        if (domain->visits == 0) {
            table_put(table, ".");
            table_put(table, ".");
            continue;
        }
        table_put(table, "%.1f", (double)domain->visit_pages / visits);
        table_put(table, "%.1f", (double)domain->visit_lines / visits);
    }
    table_print(table, page->out, 0);
}

static bool component_is_asked(const struct page *page, int component)
{
    for (size_t d = 0; d < page->ledger->domain_count; d++)
        if (phase_of(page)->domains[d].warmth_asked[component] > 0)
            return true;
    return false;
}

static void put_warmth_row(const struct page *page, struct table *table,
                           const struct ledger_domain *domain)
{
    table_put(table, "%s", domain->name);
    for (int component = 0; component < COMPONENTS; component++)
        if (component_is_asked(page, component))
            put_share(table, domain->warmth_resident[component],
                      domain->warmth_asked[component]);
}

static void print_warmth(const struct page *page)
{
    char layout[COMPONENTS + 2] = "l";
    size_t columns = 0;
    for (int component = 0; component < COMPONENTS; component++)
        if (component_is_asked(page, component))
            layout[++columns] = 'r';
    if (columns == 0)
        return;
    struct table *table = table_new(layout);
    table_put(table, "Warmth");
    for (int component = 0; component < COMPONENTS; component++)
        if (component_is_asked(page, component))
            table_put(table, "%s", component_name((enum component)component));
    for (size_t d = 0; d < page->ledger->domain_count; d++)
        if (phase_of(page)->domains[d].visits > 0)
            put_warmth_row(page, table, &phase_of(page)->domains[d]);
    fputc('\n', page->out);
    table_print(table, page->out, 0);
    fputs("(of the pages and lines of a domain's visit, those still there at its next "
          "one)\n",
          page->out);
}

static void print_structures(const struct page *page)
{
    struct table *table = table_new("lrrrrrrrr");
    const char *const heads[] = {"Simulated", "fetches", "missed",  "loads",  "missed",
                                 "stores",    "missed",  "flushes", "flushed"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        table_put(table, "%s", heads[i]);
    for (size_t i = 0; i < page->ledger->structure_count; i++) {
        const struct structure_counters *counters = &page->ledger->structures[i];
        table_put(table, "%s", counters->name);
        for (int kind = 0; kind < 3; kind++) {
            put_count(table, counters->accesses[kind]);
            put_count(table, counters->misses[kind]);
        }
        put_count(table, counters->flushes);
        put_count(table, counters->flushed_entries);
    }
    table_print(table, page->out, 0);
}

static void print_head(const struct page *page)
{
    const struct ledger_origin *origin = page->origin;
    char text[32];
    cli_put(page->out, origin->trace);
    if (origin->info->scenario[0] != '\0') {
        fputs(" (", page->out);
        cli_put(page->out, origin->info->scenario);
        fputs(origin->info->structure[0] != '\0' ? ", " : "", page->out);
        cli_put(page->out, origin->info->structure);
        fputs(")", page->out);
    }
    fprintf(page->out, " on %s", origin->machine->name);
    if (origin->machine->title[0] != '\0')
        fprintf(page->out, " (%s)", origin->machine->title);
    fprintf(page->out, "\n%s records", cli_grouped(text, (int64_t)origin->info->records));
    if (page->ledger->lost > 0)
        fprintf(page->out, ", %s more were lost", cli_grouped(text, page->ledger->lost));
    fprintf(page->out, "; %s cycles in all\n",
            cli_cycles(text, page->ledger->total_mcycles));
}

static void print_repairs(const struct page *page)
{
    char text[32];
    if (!page->origin->lenient)
        return;
    fprintf(page->out, "lenient: %s records were put right\n",
            cli_grouped(text, ledger_repairs(page->ledger)));
    for (int repair = 0; repair < REPAIRS; repair++)
        if (page->ledger->repairs[repair] > 0)
            fprintf(page->out, "  %s %s\n",
                    cli_grouped(text, page->ledger->repairs[repair]),
                    repair_title((enum repair)repair));
}

const char *phase_name(enum trace_phase phase)
{
    switch (phase) {
    case TRACE_PHASE_WARM_UP:
        return "warm_up";
    case TRACE_PHASE_MEASURED:
        return "measured";
    }
    return "?";
}

const char *phase_title(enum trace_phase phase)
{
    return phase == TRACE_PHASE_WARM_UP ? "warm-up" : phase_name(phase);
}

static void print_phase_head(const struct page *page)
{
    const struct ledger_phase *phase = phase_of(page);
    char records[32], requests[32], threads[32], loads[32], segments[32];
    fprintf(page->out,
            "%s phase: %s records, %s requests, %s thread switches,\n"
            "%s space switches by CR3, %s by segment\n\n",
            phase_title(page->phase), cli_grouped(records, phase->records),
            cli_grouped(requests, phase->requests),
            cli_grouped(threads, phase->thread_switches),
            cli_grouped(loads, phase->space_switches[TRACE_HOW_CR3]),
            cli_grouped(segments, phase->space_switches[TRACE_HOW_SEGMENT]));
}

void ledger_print(const struct ledger *ledger, const struct ledger_origin *origin,
                  enum trace_phase phase, FILE *out)
{
    struct page page = {.ledger = ledger, .origin = origin, .phase = phase, .out = out};
    print_head(&page);
    print_repairs(&page);
    if (origin->plain) {
        fputc('\n', out);
        print_structures(&page);
        return;
    }
    print_phase_head(&page);
    print_bill(&page);
    print_crossings(&page);
    print_misses(&page);
    print_domains(&page);
    print_warmth(&page);
}
