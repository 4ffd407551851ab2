#include "claims_provider.h"

#include "cli.h"
#include "kernel-trace/recorder/recorder.h"
#include "recordings.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORDS = 12 }; /* of a recording's or a machine's name */

/* "pingpong l3-large pages=8", taken apart. */
struct spec {
    char *text;
    const char *words[WORDS];
    size_t count;
    struct recording_knob knobs[WORDS];
    size_t knob_count;
};

struct kept_replay {
    char *recording, *machine_name;
    struct machine machine;
    struct ledger *ledger;
    struct extents extents;
};

struct provider {
    char *directory;
    bool renews, may_record;
    char machines[PATH_MAX];
    struct recorder recorder; /* known if it renews and may record */
    struct kept_replay **replays;
    size_t count;
    struct progress progress;
    int signal; /* that ended a recording */
};

/* ---- names ---- */

static bool spec_read(struct spec *spec, const char *name, struct cb_error *error)
{
    *spec = (struct spec){.text = strdup(name)};
    if (spec->text == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    char *rest = spec->text, *word;
    while (spec->count < WORDS && (word = strsep(&rest, " ")) != NULL)
        if (word[0] != '\0')
            spec->words[spec->count++] = word;
    return true;
}

/* From the third word on: "pages=8". */
static void spec_knobs(struct spec *spec)
{
    for (size_t i = 2; i < spec->count; i++) {
        char *equals = strchr(spec->words[i], '=');
        if (equals == NULL)
            continue;
        *equals = '\0';
        spec->knobs[spec->knob_count++] =
            (struct recording_knob){.key = spec->words[i], .value = equals + 1};
    }
}

static char *trace_path(const struct provider *provider, const char *recording)
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s.xbt", provider->directory, recording) < 0)
        return NULL;
    for (char *c = path + strlen(provider->directory) + 1; *c != '\0'; c++)
        if (*c == ' ' || *c == '=' || *c == ':')
            *c = *c == ' ' ? '_' : '-';
    return path;
}

/* ---- recordings ---- */

/* Whether the trace is what the name says; with an error if not. */
static bool is_recording(const struct trace_info *info, const struct spec *spec,
                         const char *path, struct cb_error *error)
{
    json_error_t where;
    json_t *header = json_loads(info->header, 0, &where);
    const json_t *knobs = json_object_get(header, "knobs");
    if (header == NULL && json_error_code(&where) == json_error_out_of_memory)
        return cb_error_set(error, CB_IO, "out of memory");
    bool same = strcmp(info->scenario, spec->words[0]) == 0 &&
                strcmp(info->structure, spec->words[1]) == 0 &&
                json_object_size(knobs) == spec->knob_count;
    for (size_t i = 0; same && i < spec->knob_count; i++) {
        const char *value = json_string_value(json_object_get(knobs, spec->knobs[i].key));
        same = value != NULL && strcmp(value, spec->knobs[i].value) == 0;
    }
    json_decref(header);
    if (same)
        return true;
    cb_error_set(error, CB_TRACE,
                 "this is another recording than its name says; expected scenario, "
                 "structure and knobs as in the name");
    return cb_error_in(error, path);
}

/* *why: a recording is to be made again; NULL if it is not. */
static bool look_again(const struct provider *provider, const char *path,
                       const struct spec *spec, const char **why, struct cb_error *error)
{
    *why = NULL;
    if (!provider->renews || !provider->may_record)
        return true;
    if (!recording_look(path, &provider->recorder, why, error))
        return false;
    if (*why != NULL)
        return true;
    struct trace_reader *trace = trace_open(path, error);
    if (trace == NULL)
        return false;
    bool same = is_recording(trace_info(trace), spec, path, error);
    trace_close(trace);
    if (!same && error->code == CB_TRACE)
        *why = "another recording than its name says";
    return same || error->code == CB_TRACE;
}

static void on_recording(void *context, uint64_t records, double seconds)
{
    (void)seconds;
    progress_show(context, records, 0);
}

static enum claim_answer record_it(struct provider *provider, const char *path,
                                   const struct spec *spec, struct cb_error *error)
{
    if (!provider->may_record) {
        cb_error_set(error, CB_IO, "There is no recording %s", path);
        return ANSWER_ABSENT;
    }
    struct recording_request request = {.output = path,
                                        .scenario = spec->words[0],
                                        .structure = spec->words[1],
                                        .knobs = spec->knobs,
                                        .knob_count = spec->knob_count,
                                        .progress = on_recording,
                                        .context = &provider->progress};
    if (!cli_make_directories(provider->directory, error))
        return ANSWER_FAILED;
    progress_begin(&provider->progress, "records");
    struct recording_result result = {0};
    bool done = record_run(&request, &result, error);
    progress_end(&provider->progress);
    provider->signal = done ? 0 : result.signal;
    return done ? ANSWER_HERE : ANSWER_FAILED;
}

static enum claim_answer provide_trace(struct provider *provider, const char *path,
                                       const struct spec *spec, struct cb_error *error)
{
    if (access(path, F_OK) != 0)
        return record_it(provider, path, spec, error);
    const char *why;
    if (!look_again(provider, path, spec, &why, error))
        return ANSWER_FAILED;
    if (why == NULL)
        return ANSWER_HERE;
    cli_warn("%s: %s; recording it again", path, why);
    return record_it(provider, path, spec, error);
}

/* ---- replays ---- */

static void on_progress(void *context, uint64_t done, uint64_t all)
{
    progress_show(context, done, all);
}

static bool should_stop(void *context)
{
    (void)context;
    return cli_signal() != 0;
}

static bool run_replay(struct provider *provider, struct kept_replay *kept,
                       const char *path, const struct spec *spec, struct cb_error *error)
{
    struct trace_reader *trace = trace_open(path, error);
    if (trace == NULL)
        return false;
    struct replay_options options = {.on_progress = on_progress,
                                     .should_stop = should_stop,
                                     .context = &provider->progress};
    progress_begin(&provider->progress, "records");
    bool done = !cli_cut(path, trace_info(trace), error) &&
                is_recording(trace_info(trace), spec, path, error) &&
                extents_measure(trace, &kept->machine, &kept->extents, error) &&
                (kept->ledger = replay(trace, &kept->machine, &options, error)) != NULL;
    progress_end(&provider->progress);
    trace_close(trace);
    return done;
}

static bool load_machine(const struct provider *provider, struct kept_replay *kept,
                         struct cb_error *error)
{
    struct spec spec;
    bool done = spec_read(&spec, kept->machine_name, error) &&
                machine_load(&kept->machine, spec.words[0], provider->machines,
                             spec.words + 1, spec.count - 1, error);
    free(spec.text);
    return done;
}

static void kept_free(struct kept_replay *kept)
{
    if (kept->ledger != NULL)
        ledger_free(kept->ledger);
    machine_free(&kept->machine);
    free(kept->recording);
    free(kept->machine_name);
    free(kept);
}

static struct kept_replay *keep(struct provider *provider, const char *recording,
                                const char *machine)
{
    struct kept_replay *kept = calloc(1, sizeof *kept);
    struct kept_replay **replays =
        realloc(provider->replays, (provider->count + 1) * sizeof *replays);
    if (replays != NULL)
        provider->replays = replays;
    if (kept == NULL || replays == NULL) {
        free(kept);
        return NULL;
    }
    kept->recording = strdup(recording);
    kept->machine_name = strdup(machine);
    replays[provider->count++] = kept;
    return kept;
}

static enum claim_answer make(struct provider *provider, const char *recording,
                              const char *machine, struct cb_error *error)
{
    struct spec spec = {0};
    char *path = trace_path(provider, recording);
    struct kept_replay *kept = NULL;
    enum claim_answer answer = ANSWER_FAILED;
    if (path == NULL) {
        cb_error_set(error, CB_IO, "out of memory");
        goto out;
    }
    if (!spec_read(&spec, recording, error))
        goto out;
    spec_knobs(&spec);
    answer = provide_trace(provider, path, &spec, error);
    if (answer != ANSWER_HERE)
        goto out;
    kept = keep(provider, recording, machine);
    if (kept == NULL || kept->recording == NULL || kept->machine_name == NULL) {
        cb_error_set(error, CB_IO, "out of memory");
        answer = ANSWER_FAILED;
    } else if (!load_machine(provider, kept, error) ||
               !run_replay(provider, kept, path, &spec, error)) {
        answer = ANSWER_FAILED;
    }
    if (answer != ANSWER_HERE && kept != NULL) {
        kept_free(kept);
        provider->count--;
    }
out:
    free(spec.text);
    free(path);
    return answer;
}

static const struct kept_replay *find(const struct provider *provider,
                                      const char *recording, const char *machine)
{
    for (size_t i = 0; i < provider->count; i++)
        if (strcmp(provider->replays[i]->recording, recording) == 0 &&
            strcmp(provider->replays[i]->machine_name, machine) == 0)
            return provider->replays[i];
    return NULL;
}

enum claim_answer provider_replay(void *context, const char *recording,
                                  const char *machine, struct claim_evidence *evidence,
                                  struct cb_error *error)
{
    struct provider *provider = context;
    const struct kept_replay *kept = find(provider, recording, machine);
    if (kept == NULL) {
        enum claim_answer answer = make(provider, recording, machine, error);
        if (answer != ANSWER_HERE)
            return answer;
        kept = find(provider, recording, machine);
    }
    *evidence = (struct claim_evidence){
        .machine = &kept->machine, .ledger = kept->ledger, .extents = &kept->extents};
    return ANSWER_HERE;
}

/* ---- the provider ---- */

int provider_signal(const struct provider *provider)
{
    return provider->signal;
}

struct provider *provider_create(const char *directory, bool renews, bool may_record,
                                 struct cb_error *error)
{
    struct provider *provider = calloc(1, sizeof *provider);
    if (provider == NULL ||
        (provider->directory = strdup(directory ? directory : CLAIMS_CACHE)) == NULL) {
        cb_error_set(error, CB_IO, "out of memory");
        goto failed;
    }
    provider->renews = renews;
    provider->may_record = may_record;
    if (!cli_machines(provider->machines, sizeof provider->machines, error))
        goto failed;
    if (renews && may_record && !recorder_know(&provider->recorder, error))
        goto failed;
    return provider;
failed:
    provider_free(provider);
    return NULL;
}

void provider_free(struct provider *provider)
{
    if (provider == NULL)
        return;
    for (size_t i = 0; i < provider->count; i++)
        kept_free(provider->replays[i]);
    free(provider->replays);
    free(provider->directory);
    free(provider);
}
