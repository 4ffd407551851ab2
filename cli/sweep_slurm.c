/* sweep_slurm.c - a sweep as jobs for Slurm: an array of shards, and a merge after them.
 *
 * All is in the directory REPORT.slurm: shards.sh, merge.sh, and from the jobs
 * shard-I.db and the logs. A task that was killed asks to be put back into the queue and
 * goes on with what its shard has.
 */
#include "cli.h"
#include "sweep.h"

#include <errno.h>
#include <limits.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct place {
    char program[PATH_MAX], report[PATH_MAX], directory[PATH_MAX];
};

static bool failed(const char *what, const char *path, struct cb_error *error)
{
    cb_error_set(error, CB_IO, "%s: %s", what, strerror(errno));
    return cb_error_in(error, path);
}

/* The absolute path of a file that need not exist. */
static bool absolute(const char *path, char whole[PATH_MAX], struct cb_error *error)
{
    char here[PATH_MAX];
    if (path[0] == '/')
        here[0] = '\0';
    else if (getcwd(here, sizeof here) == NULL)
        return failed("no current directory", path, error);
    int length =
        snprintf(whole, PATH_MAX, "%s%s%s", here, path[0] == '/' ? "" : "/", path);
    errno = ENAMETOOLONG;
    return length < PATH_MAX || failed("no path can be made of it", path, error);
}

static bool find_place(const struct sweep_order *order, struct place *place,
                       struct cb_error *error)
{
    if (realpath("/proc/self/exe", place->program) == NULL)
        return failed("the program cannot be found", "/proc/self/exe", error);
    if (!absolute(order->report, place->report, error))
        return false;
    errno = ENAMETOOLONG;
    if (snprintf(place->directory, PATH_MAX, "%s.slurm", place->report) >= PATH_MAX)
        return failed("no path can be made of it", order->report, error);
    if (strchr(place->directory, '\n') != NULL || strchr(place->directory, '"') != NULL) {
        cb_error_set(error, CB_USAGE, "Slurm takes no such file name");
        return cb_error_in(error, order->report);
    }
    if (mkdir(place->directory, 0777) != 0 && errno != EEXIST)
        return failed("the directory for the jobs cannot be made", place->directory,
                      error);
    return true;
}

/* ---- the scripts ---- */

/* One word for the shell, whatever is in it. */
static void put_quoted(FILE *out, const char *text)
{
    fputc('\'', out);
    for (; *text != '\0'; text++)
        fprintf(out, *text == '\'' ? "'\\''" : "%c", *text);
    fputc('\'', out);
}

static void put_option(FILE *out, const char *option, const char *value)
{
    fprintf(out, " \\\n    %s ", option);
    put_quoted(out, value);
}

/* Where Slurm puts the output; its own placeholders begin with '%'. */
static void put_log(FILE *out, const char *directory, const char *name)
{
    fputs("#SBATCH --output=\"", out);
    for (; *directory != '\0'; directory++)
        fprintf(out, *directory == '%' ? "%%%%" : "%c", *directory);
    fprintf(out, "/%s\"\n", name);
}

static bool is_path(const char *machine)
{
    size_t length = strlen(machine);
    return strchr(machine, '/') != NULL ||
           (length > 5 && strcmp(machine + length - 5, ".json") == 0);
}

static bool put_sweep(FILE *out, const struct sweep_order *order,
                      const struct place *place, struct cb_error *error)
{
    char path[PATH_MAX];
    put_quoted(out, place->program);
    fputs(" sweep --resume", out);
    if (is_path(order->machine.names[0]) &&
        !absolute(order->machine.names[0], path, error))
        return false;
    put_option(out, "--machine",
               is_path(order->machine.names[0]) ? path : order->machine.names[0]);
    for (size_t i = 0; i < order->machine.set_count; i++)
        put_option(out, "--set", order->machine.sets[i]);
    for (size_t i = 0; i < order->axis_count; i++)
        put_option(out, "--vary", order->varied[i]);
    fprintf(out, "%s%s", order->yes ? " \\\n    --yes" : "",
            order->partial ? " \\\n    --partial" : "");
    fprintf(out,
            " \\\n    --threads \"${SLURM_CPUS_PER_TASK:-1}\""
            " --shard \"$shard/%u\"",
            order->slurm);
    put_option(out, "--report", place->directory);
    fputs("/shard-\"$shard\".db \\\n    --", out);
    for (size_t i = 0; i < order->traces.count; i++) {
        if (!absolute(order->traces.paths[i], path, error))
            return false;
        fputs(" \\\n    ", out);
        put_quoted(out, path);
    }
    fputc('\n', out);
    return true;
}

static bool put_shards(FILE *out, const struct sweep_order *order,
                       const struct place *place, struct cb_error *error)
{
    fprintf(out,
            "#!/bin/sh\n"
            "# A sweep in %u shards, by crossbill sweep --slurm.\n"
            "#SBATCH --job-name=crossbill-sweep\n"
            "#SBATCH --array=1-%u\n"
            "#SBATCH --requeue\n"
            "#SBATCH --open-mode=append\n",
            order->slurm, order->slurm);
    put_log(out, place->directory, "shard-%a.log");
    fputs("shard=$SLURM_ARRAY_TASK_ID\n", out);
    if (!put_sweep(out, order, place, error))
        return false;
    fputs("code=$?\n"
          "# Killed: back into the queue, a few times; the points that it has stay.\n"
          "if test \"$code\" -gt 128 && test \"${SLURM_RESTART_COUNT:-0}\" -lt 5; then\n"
          "    scontrol requeue \"${SLURM_ARRAY_JOB_ID}_$shard\" && sleep 60\n"
          "fi\n"
          "exit \"$code\"\n",
          out);
    return true;
}

static bool put_merge(FILE *out, const struct sweep_order *order,
                      const struct place *place, struct cb_error *error)
{
    (void)error;
    fputs("#!/bin/sh\n"
          "# Put the shards together, by crossbill sweep --slurm.\n"
          "#SBATCH --job-name=crossbill-merge\n"
          "#SBATCH --open-mode=append\n",
          out);
    put_log(out, place->directory, "merge.log");
    fputs("set --\n", out);
    fprintf(out, "for shard in $(seq %u); do\n    set -- \"$@\" ", order->slurm);
    put_quoted(out, place->directory);
    fputs("/shard-\"$shard\".db\ndone\nexec ", out);
    put_quoted(out, place->program);
    fputs(" merge -- ", out);
    put_quoted(out, place->report);
    fputs(" \"$@\"\n", out);
    return true;
}

typedef bool script_text(FILE *, const struct sweep_order *, const struct place *,
                         struct cb_error *);

static bool write_script(const char *name, script_text *put,
                         const struct sweep_order *order, const struct place *place,
                         char path[PATH_MAX], struct cb_error *error)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    bool done = put(out, order, place, error);
    errno = ENAMETOOLONG;
    if (done && snprintf(path, PATH_MAX, "%s/%s", place->directory, name) >= PATH_MAX)
        done = failed("no path can be made of it", place->directory, error);
    if (fclose(out) != 0 && done)
        done = cb_error_set(error, CB_IO, "out of memory");
    done = done && cli_write(path, text, size, error);
    free(text);
    return done;
}

/* ---- submission ---- */

static bool bad_sbatch(const char *why, const char *script, struct cb_error *error)
{
    cb_error_set(error, CB_IO, "sbatch did not take the job: %s; the script is ready",
                 why);
    return cb_error_in(error, script);
}

/* Run sbatch and take the number of the job from its answer. */
static bool submit(char *const *argv, const char *script, char id[32],
                   struct cb_error *error)
{
    int ends[2];
    if (pipe(ends) != 0)
        return bad_sbatch(strerror(errno), script, error);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    pid_t child;
    int code = posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    ssize_t size = code == 0 ? read(ends[0], id, 31) : 0;
    close(ends[0]);
    if (code != 0)
        return bad_sbatch(strerror(code), script, error);
    int status;
    if (waitpid(child, &status, 0) < 0 || status != 0)
        return bad_sbatch("it failed", script, error);
    id[size > 0 ? size : 0] = '\0';
    id[strspn(id, "0123456789")] = '\0'; /* "12;cluster\n" */
    return id[0] != '\0' || bad_sbatch("its answer is no job number", script, error);
}

static bool submit_both(char *shards, char *merge, struct cb_error *error)
{
    char sbatch[] = "sbatch", parsable[] = "--parsable", after[64],
         never[] = "--kill-on-invalid-dep=yes", array[32], last[32];
    if (!submit((char *[]){sbatch, parsable, shards, NULL}, shards, array, error))
        return false;
    snprintf(after, sizeof after, "--dependency=afterok:%s", array);
    if (!submit((char *[]){sbatch, parsable, after, never, merge, NULL}, merge, last,
                error))
        return false;
    printf("array job %s, merge job %s\n", array, last);
    return true;
}

bool sweep_slurm(const struct sweep_order *order, struct cb_error *error)
{
    struct place place;
    char shards[PATH_MAX], merge[PATH_MAX];
    if (!find_place(order, &place, error) ||
        !write_script("shards.sh", put_shards, order, &place, shards, error) ||
        !write_script("merge.sh", put_merge, order, &place, merge, error))
        return false;
    printf("%s\n%s\n", shards, merge);
    return order->no_submit || submit_both(shards, merge, error);
}
