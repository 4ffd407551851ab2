#include "inquiry.h"

#include "sql.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *claim_strike_name(enum claim_strike strike)
{
    switch (strike) {
    case STRIKE_BORDER_CROSSINGS:
        return "border_crossings";
    case STRIKE_SPACE_SWITCHES:
        return "space_switches";
    case STRIKE_THREAD_SWITCHES:
        return "thread_switches";
    case STRIKE_MEMORY_EFFECTS:
        return "memory_effects";
    }
    return NULL;
}

const char *claim_verdict_name(enum claim_verdict verdict)
{
    switch (verdict) {
    case CLAIM_REPRODUCED:
        return "reproduced";
    case CLAIM_DIFFERS:
        return "differs";
    case CLAIM_UNVERIFIED:
        return "unverified";
    case CLAIM_NOT_MEASURED:
        return "not_measured";
    }
    return NULL;
}

/* ---- words ---- */

char *number(char text[NUMBER_SIZE], int64_t thousandths)
{
    int64_t hundredths = (llabs(thousandths) + 5) / 10;
    snprintf(text, NUMBER_SIZE, "%s%lld.%02lld",
             thousandths < 0 && hundredths > 0 ? "-" : "", (long long)(hundredths / 100),
             (long long)(hundredths % 100));
    while (text[strlen(text) - 1] == '0')
        text[strlen(text) - 1] = '\0';
    if (text[strlen(text) - 1] == '.')
        text[strlen(text) - 1] = '\0';
    return text;
}

const char *claim_unit_name(enum claim_unit unit)
{
    switch (unit) {
    case UNIT_CYCLES:
        return "cycles";
    case UNIT_ENTRIES:
        return "entries";
    case UNIT_MISSES:
        return "misses";
    case UNIT_BYTES:
        return "bytes";
    case UNIT_PERCENT:
        return "%";
    case UNIT_TIMES:
        return "times";
    case UNIT_CYCLES_PER_INSTRUCTION:
        return "cycles per instruction";
    }
    return NULL;
}

static void write_figure(const struct claim *claim, char text[CLAIM_TEXT])
{
    if (claim->figure != NULL)
        snprintf(text, CLAIM_TEXT, "%s", claim->figure);
    else if (claim->rule == RULE_BETWEEN)
        snprintf(text, CLAIM_TEXT, "%s to %s %s", N(claim->figures[0]),
                 N(claim->figures[1]), claim_unit_name(claim->unit));
    else
        snprintf(text, CLAIM_TEXT, "%s %s", N(claim->figures[0]),
                 claim_unit_name(claim->unit));
}

static void write_rule(const struct claim *claim, char text[CLAIM_TEXT])
{
    switch (claim->rule) {
    case RULE_EQUAL:
        if (claim->tolerance_permille == 0)
            snprintf(text, CLAIM_TEXT, "equal");
        else
            snprintf(text, CLAIM_TEXT, "equal within %s %%",
                     N(100 * claim->tolerance_permille));
        break;
    case RULE_AT_MOST:
        snprintf(text, CLAIM_TEXT, "at most that");
        break;
    case RULE_AT_LEAST:
        snprintf(text, CLAIM_TEXT, "at least that");
        break;
    case RULE_BETWEEN:
        snprintf(text, CLAIM_TEXT, "between them");
        break;
    case RULE_CONDITION:
        snprintf(text, CLAIM_TEXT, "%s", claim->condition);
        break;
    }
}

/* ---- what measurements call ---- */

bool ask(struct inquiry *inquiry, struct claim_evidence *evidence, const char *machine,
         const char *recording)
{
    inquiry->answer = inquiry->provider->replay(inquiry->provider->context, recording,
                                                machine, evidence, inquiry->error);
    return inquiry->answer == ANSWER_HERE;
}

bool obeys_within(int64_t value, int64_t other, int permille)
{
    return llabs(value - other) * 1000 <= llabs(other) * permille;
}

static bool obeys(const struct claim *claim, int64_t value)
{
    const int64_t *figures = claim->figures;
    switch (claim->rule) {
    case RULE_EQUAL:
        return obeys_within(value, figures[0], claim->tolerance_permille);
    case RULE_AT_MOST:
        return value <= figures[0];
    case RULE_AT_LEAST:
        return value >= figures[0];
    case RULE_BETWEEN:
        return value >= figures[0] && value <= figures[1];
    case RULE_CONDITION:
        break;
    }
    return false;
}

void found(struct inquiry *inquiry, int64_t value)
{
    struct claim_finding *finding = inquiry->finding;
    finding->value = value;
    finding->agrees = obeys(inquiry->claim, value);
    snprintf(finding->measured, sizeof finding->measured, "%s %s", N(value),
             claim_unit_name(inquiry->claim->unit));
}

void found_that(struct inquiry *inquiry, bool holds, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    inquiry->finding->agrees = holds;
    vsnprintf(inquiry->finding->measured, sizeof inquiry->finding->measured, format,
              list);
    va_end(list);
}

void because(struct inquiry *inquiry, const char *format, ...)
{
    char *reason = inquiry->finding->reason;
    size_t length = strlen(reason);
    va_list list;
    va_start(list, format);
    if (length > 0 && length + 1 < CLAIM_REASON)
        reason[length++] = ' ';
    vsnprintf(reason + length, CLAIM_REASON - length, format, list);
    va_end(list);
}

void because_figure(struct inquiry *inquiry, const struct machine *machine,
                    const char *path)
{
    size_t count;
    struct machine_figure *figures = machine_figures(machine, &count);
    for (size_t i = 0; figures != NULL && i < count; i++)
        if (strcmp(figures[i].path, path) == 0 && figures[i].source != NULL)
            because(inquiry, "Source of %s in %s: %s.", path, machine->name,
                    figures[i].source);
    free(figures);
}

/* ---- judging ---- */

static enum claim_verdict verdict_of(const struct claim *claim, bool agrees)
{
    if (claim->flag == 'M')
        return CLAIM_UNVERIFIED;
    return agrees ? CLAIM_REPRODUCED : CLAIM_DIFFERS;
}

bool claim_judge(const struct claim *claim, const struct claim_provider *provider,
                 struct claim_finding *finding, struct cb_error *error)
{
    struct cb_error why = {0};
    struct inquiry inquiry = {.claim = claim,
                              .provider = provider,
                              .finding = finding,
                              .answer = ANSWER_HERE,
                              .error = &why};
    *finding = (struct claim_finding){0};
    write_figure(claim, finding->figure);
    write_rule(claim, finding->rule);
    if (claim->flag == 'M')
        because(&inquiry, "The source's figure is as remembered, unverified.");
    if (claim->measure(&inquiry)) {
        finding->verdict = verdict_of(claim, finding->agrees);
        if (claim->flag == 'M')
            because(&inquiry, finding->agrees ? "What was measured agrees with it."
                                              : "What was measured does not agree.");
        return true;
    }
    if (inquiry.answer == ANSWER_FAILED) {
        if (error != NULL)
            *error = why;
        return false;
    }
    finding->verdict = CLAIM_NOT_MEASURED;
    finding->agrees = false;
    finding->measured[0] = '\0';
    finding->reason[0] = '\0';
    because(&inquiry, "%s.", why.sentence);
    return true;
}

const struct claim *claim_at(size_t number)
{
    const struct {
        const struct claim *claims;
        size_t count;
    } strikes[] = {
        {border_claims, border_claim_count}, {mach_claims, mach_claim_count},
        {space_claims, space_claim_count},   {segment_claims, segment_claim_count},
        {size_claims, size_claim_count},     {thread_claims, thread_claim_count},
        {memory_claims, memory_claim_count}};
    for (size_t i = 0; i < sizeof strikes / sizeof *strikes; i++) {
        if (number < strikes[i].count)
            return &strikes[i].claims[number];
        number -= strikes[i].count;
    }
    return NULL;
}

/* ---- the report ---- */

static bool insert_claim(struct report *report, const struct claim *claim,
                         const struct claim_finding *finding, int64_t position,
                         struct cb_error *error)
{
    char flag[2] = {claim->flag, '\0'};
    bool there = finding->verdict != CLAIM_NOT_MEASURED;
    return sql_run(report, error, "DELETE FROM claims WHERE name = ?",
                   sql_text(claim->name)) &&
           sql_run(
               report, error,
               "INSERT INTO claims (name, position, strike, statement, said_by,"
               " source, flag, claimed, measurement, measured, rule, verdict, reason)"
               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
               sql_text(claim->name), sql_integer(position),
               sql_text(claim_strike_name(claim->strike)), sql_text(claim->statement),
               sql_text(claim->said_by), sql_text(claim->source), sql_text(flag),
               sql_text(finding->figure), sql_text(claim->measurement),
               there ? sql_text(finding->measured) : sql_null(), sql_text(finding->rule),
               sql_text(claim_verdict_name(finding->verdict)), sql_text(finding->reason));
}

bool report_add_claim(struct report *report, const struct claim *claim,
                      const struct claim_finding *finding, struct cb_error *error)
{
    int64_t position = 0;
    while (claim_at((size_t)position) != claim)
        position++;
    if (!sql_begin(report, error))
        return false;
    return sql_end(report, insert_claim(report, claim, finding, position, error), error);
}
