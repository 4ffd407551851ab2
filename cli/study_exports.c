/* study_exports.c - what a study makes of its results: claims, charts and reports, all of
 * them beside the report. */
#include "reports/claims.h"
#include "reports/report.h"
#include "study_plan.h"

#include <string.h>

enum { NAMES = 128 };

/* The path of the report without its ending. */
static int base_length(const char *report)
{
    const char *slash = strrchr(report, '/'), *dot = strrchr(report, '.');
    const char *start = slash != NULL ? slash + 1 : report;
    return (int)(dot != NULL && dot > start ? dot - report : (long)strlen(report));
}

/* "r/" is beside "r.db"; beside "r" it must be called otherwise. */
static const char *charts_ending(const char *report)
{
    return report[base_length(report)] == '\0' ? "-charts" : "";
}

/* True or a list of names: whether there is something to do. */
static bool is_wanted(const json_t *value)
{
    return json_is_true(value) || json_array_size(value) > 0;
}

static bool check(const struct plan *plan, const char *key, const json_t *value,
                  const char *what, const char *const *names)
{
    if (value == NULL || json_is_boolean(value))
        return true;
    if (!json_is_array(value))
        return plan_refuse(plan, key, "expected true, false or a list of strings");
    return plan_names(plan, key, value, what, names);
}

static bool add_names(struct command *command, const json_t *list)
{
    size_t i;
    const json_t *name;
    json_array_foreach(list, i, name)
    {
        if (!command_add(command, "%s", json_string_value(name)))
            return false;
    }
    return true;
}

bool plan_claims(const struct plan *plan, const json_t *root)
{
    const struct study_places *places = plan->places;
    const json_t *claims = json_object_get(root, "claims");
    const char *names[NAMES] = {0};
    for (size_t i = 0; i + 1 < NAMES && claim_at(i) != NULL; i++)
        names[i] = claim_at(i)->name;
    if (!check(plan, "claims", claims, "claim", names))
        return false;
    if (!is_wanted(claims))
        return true;
    struct command *command = plan_command(plan, COMMAND_FILL, "claims");
    return (command != NULL && command_add(command, "--traces=%s", places->traces) &&
            command_add(command, "--renew") &&
            command_add(command, "--report=%s", places->report) &&
            command_add_output(command, "--output=", "%.*s-claims.txt",
                               base_length(places->report), places->report) &&
            add_names(command, claims)) ||
           plan_no_memory(plan);
}

static bool plan_charts(const struct plan *plan, const json_t *root)
{
    const struct study_places *places = plan->places;
    const json_t *charts = json_object_get(root, "charts");
    const char *names[NAMES] = {0};
    for (size_t i = 0; i + 1 < NAMES && report_chart_kind(i) != NULL; i++)
        names[i] = report_chart_kind(i);
    if (!check(plan, "charts", charts, "kind of chart", names))
        return false;
    if (!is_wanted(charts))
        return true;
    struct command *command = plan_command(plan, COMMAND_EXPORT, "chart");
    return (command != NULL && command_add(command, "%s", places->report) &&
            command_add_output(command, "--all=", "%.*s%s", base_length(places->report),
                               places->report, charts_ending(places->report)) &&
            add_names(command, charts)) ||
           plan_no_memory(plan);
}

static bool plan_reports(const struct plan *plan, const json_t *root)
{
    static const char *const formats[] = {"html", "pdf", "md", "json", "folded", NULL};
    const struct study_places *places = plan->places;
    const json_t *reports = json_object_get(root, "reports"), *format;
    size_t i;
    if (!plan_names(plan, "reports", reports, "format", formats))
        return false;
    json_array_foreach(reports, i, format)
    {
        struct command *command = plan_command(plan, COMMAND_EXPORT, "report");
        if (command == NULL || !command_add(command, "%s", places->report) ||
            !command_add_output(command, "--output=", "%.*s.%s",
                                base_length(places->report), places->report,
                                json_string_value(format)))
            return plan_no_memory(plan);
    }
    return true;
}

bool plan_exports(const struct plan *plan, const json_t *root)
{
    if (!plan_charts(plan, root) || !plan_reports(plan, root))
        return false;
    struct command *summary = plan_command(plan, COMMAND_EXPORT, "report");
    return (summary != NULL && command_add(summary, "%s", plan->places->report)) ||
           plan_no_memory(plan);
}
