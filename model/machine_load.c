/* Finding and reading machine files. */
#include "machine.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_read.h"

enum { LARGEST_FILE = 1 << 20, LONGEST_PATH = 4096 };

static bool is_path(const char *name)
{
    size_t length = strlen(name);
    return strchr(name, '/') != NULL ||
           (length > 5 && strcmp(name + length - 5, ".json") == 0);
}

/* ---- what machines there are ---- */

static int ends_in_json(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

char **machine_names(const char *directory, size_t *count, struct cb_error *error)
{
    struct dirent **entries;
    int found = scandir(directory, &entries, ends_in_json, by_name);
    *count = 0;
    if (found < 0) {
        cb_error_set(error, CB_IO, "cannot list machines: %s", strerror(errno));
        cb_error_in(error, directory);
        return NULL;
    }
    char **names = calloc((size_t)found + 1, sizeof *names);
    for (int i = 0; i < found; i++) {
        char *name = entries[i]->d_name;
        name[strlen(name) - 5] = '\0';
        if (names != NULL && (names[*count] = strdup(name)) != NULL)
            (*count)++;
        free(entries[i]);
    }
    free(entries);
    return names;
}

void machine_names_free(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

static bool no_such_machine(const char *name, const char *directory,
                            struct cb_error *error)
{
    size_t count, used = 0;
    char **names = machine_names(directory, &count, error);
    if (names == NULL)
        return false;
    char hint[80], all[300] = "";
    json_did_you_mean(hint, sizeof hint, name, (const char *const *)names, count);
    for (size_t i = 0; i < count && used < sizeof all; i++)
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", i > 0 ? ", " : "",
                                 names[i]);
    if (hint[0] == '\0')
        snprintf(hint, sizeof hint, "; there are: ");
    else
        all[0] = '\0';
    cb_error_set(error, CB_USAGE, "there is no machine \"%.60s\"%s%s", name, hint, all);
    cb_error_in(error, directory);
    machine_names_free(names, count);
    return false;
}

/* ---- reading ---- */

static bool io_failed(const char *path, const char *what, struct cb_error *error)
{
    cb_error_set(error, CB_IO, "%s: %s", what, strerror(errno));
    return cb_error_in(error, path);
}

static char *read_file(const char *path, FILE *file, struct cb_error *error)
{
    char *text = malloc(LARGEST_FILE + 1);
    if (text == NULL) {
        cb_error_set(error, CB_IO, "out of memory");
        return NULL;
    }
    size_t length = fread(text, 1, LARGEST_FILE + 1, file);
    if (ferror(file))
        io_failed(path, "cannot be read", error);
    else if (length > LARGEST_FILE || memchr(text, '\0', length) != NULL) {
        cb_error_set(error, CB_USAGE,
                     "not a machine: expected JSON text of at most %d bytes",
                     LARGEST_FILE);
        cb_error_in(error, path);
    } else {
        text[length] = '\0';
        return text;
    }
    free(text);
    return NULL;
}

bool machine_load(struct machine *machine, const char *name, const char *directory,
                  const char *const *sets, size_t set_count, struct cb_error *error)
{
    char path[LONGEST_PATH];
    *machine = (struct machine){.tlb_count = 0};
    int length = is_path(name)
                     ? snprintf(path, sizeof path, "%s", name)
                     : snprintf(path, sizeof path, "%s/%s.json", directory, name);
    if (length < 0 || (size_t)length >= sizeof path)
        return cb_error_set(error, CB_USAGE, "the machine's name is too long");
    FILE *file = fopen(path, "re");
    if (file == NULL && errno == ENOENT && !is_path(name))
        return no_such_machine(name, directory, error);
    if (file == NULL)
        return io_failed(path, "cannot be opened", error);
    char *text = read_file(path, file, error);
    fclose(file);
    bool done =
        text != NULL && machine_parse(machine, text, path, sets, set_count, error);
    free(text);
    return done;
}
