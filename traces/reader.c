#include "reader.h"

#include "hash.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

bool reader_fail(const struct trace_reader *reader, uint64_t byte, struct cb_error *error,
                 const char *format, ...)
{
    char sentence[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    cb_error_set(error, CB_TRACE, "%s", sentence);
    cb_error_at_byte(error, byte);
    return cb_error_in(error, reader->path);
}

static bool fail_io(const struct trace_reader *reader, const char *doing,
                    struct cb_error *error)
{
    cb_error_set(error, CB_IO, "cannot %s: %s", doing, strerror(errno));
    return cb_error_in(error, reader->path);
}

bool reader_out_of_memory(const struct trace_reader *reader, struct cb_error *error)
{
    errno = ENOMEM;
    return fail_io(reader, "read", error);
}

bool reader_get(const struct trace_reader *reader, void *to, size_t size, uint64_t offset,
                struct cb_error *error)
{
    uint8_t *p = to;
    while (size > 0) {
        ssize_t got = pread(reader->fd, p, size, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_io(reader, "read", error);
        if (got == 0)
            return reader_fail(reader, offset, error,
                               "the file became shorter while it was read");
        p += got;
        offset += (uint64_t)got;
        size -= (size_t)got;
    }
    return true;
}

static bool open_file(struct trace_reader *reader, struct cb_error *error)
{
    struct stat status;
    /* Not to wait for somebody to write into a pipe that is refused below. */
    reader->fd = open(reader->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (reader->fd < 0 || fstat(reader->fd, &status) < 0)
        return fail_io(reader, "open", error);
    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return fail_io(reader, "open", error);
    }
    if (!S_ISREG(status.st_mode))
        return reader_fail(reader, CB_NOWHERE, error,
                           "a trace must be a regular file, not a pipe or a device");
    reader->info.file_bytes = (uint64_t)status.st_size;
    return true;
}

static bool version_is_known(uint32_t version)
{
    return version >= FORMAT_OLDEST && version <= TRACE_VERSION;
}

/* *start: where the first block is. */
static bool read_header(struct trace_reader *reader, uint64_t *start,
                        struct cb_error *error)
{
    uint8_t fixed[FORMAT_FIXED_SIZE] = {0};
    uint64_t size = reader->info.file_bytes;
    size_t have = size < sizeof fixed ? (size_t)size : sizeof fixed;
    if (!reader_get(reader, fixed, have, 0, error))
        return false;
    if (have < FORMAT_MAGIC_SIZE || memcmp(fixed, FORMAT_MAGIC, FORMAT_MAGIC_SIZE) != 0)
        return reader_fail(reader, 0, error, "this is not a crossbill trace");
    if (have < sizeof fixed)
        return reader_fail(reader, size, error, "the file was cut within its header");
    reader->info.version = get_u32(fixed + 8);
    if (!version_is_known(reader->info.version))
        return reader_fail(reader, 8, error,
                           "the trace has version %u; this program reads versions %d to "
                           "%d",
                           reader->info.version, FORMAT_OLDEST, TRACE_VERSION);
    uint32_t length = get_u32(fixed + 12);
    if (length > FORMAT_JSON_MAX)
        return reader_fail(reader, 12, error,
                           "the header claims %u bytes; at most %u are allowed", length,
                           FORMAT_JSON_MAX);
    if (size - sizeof fixed < length)
        return reader_fail(reader, size, error, "the file was cut within its header");
    reader->header = calloc(1, (size_t)length + 1);
    if (reader->header == NULL)
        return reader_out_of_memory(reader, error);
    if (!reader_get(reader, reader->header, length, sizeof fixed, error))
        return false;
    if (checksum(reader->header, length) != get_u64(fixed + 16))
        return reader_fail(reader, 0, error,
                           "the header is damaged: its checksum is wrong");
    *start = sizeof fixed + length;
    return strlen(reader->header) == length ||
           reader_fail(reader, sizeof fixed, error, "the header has a NUL in it");
}

static bool copy_member(const struct trace_reader *reader, const json_t *json,
                        const char *name, char **copy, struct cb_error *error)
{
    const json_t *value = json_object_get(json, name);
    if (value != NULL && !json_is_string(value)) {
        reader_fail(reader, FORMAT_FIXED_SIZE, error, "the header's %s must be a string",
                    name);
        return cb_error_at_path(error, name);
    }
    *copy = strdup(value == NULL ? "" : json_string_value(value));
    return *copy != NULL || reader_out_of_memory(reader, error);
}

static bool parse_header(struct trace_reader *reader, struct cb_error *error)
{
    json_error_t problem;
    json_t *json = json_loads(reader->header, JSON_REJECT_DUPLICATES, &problem);
    if (!json_is_object(json)) {
        json_decref(json);
        return reader_fail(reader, FORMAT_FIXED_SIZE, error,
                           "the header is not a JSON object");
    }
    bool done = copy_member(reader, json, "scenario", &reader->scenario, error) &&
                copy_member(reader, json, "structure", &reader->structure, error) &&
                copy_member(reader, json, "tool", &reader->tool, error);
    json_decref(json);
    reader->info.header = reader->header;
    reader->info.scenario = reader->scenario;
    reader->info.structure = reader->structure;
    reader->info.tool = reader->tool;
    return done;
}

static struct trace_reader *new_reader(const char *path, struct cb_error *error)
{
    struct trace_reader *reader = calloc(1, sizeof *reader);
    if (reader != NULL) {
        reader->fd = -1;
        reader->info.cut_at = CB_NOWHERE;
        reader->path = strdup(path);
        reader->domain_places = calloc(1u << 16, sizeof *reader->domain_places);
    }
    if (reader != NULL && reader->path != NULL && reader->domain_places != NULL)
        return reader;
    cb_error_set(error, CB_IO, "out of memory while opening a trace");
    cb_error_in(error, path);
    trace_close(reader);
    return NULL;
}

struct trace_reader *trace_open(const char *path, struct cb_error *error)
{
    uint64_t start = 0;
    struct trace_reader *reader = new_reader(path, error);
    if (reader == NULL)
        return NULL;
    if (open_file(reader, error) && read_header(reader, &start, error) &&
        parse_header(reader, error) && reader_find_blocks(reader, start, error) &&
        definitions_resolve(reader, error))
        return reader;
    trace_close(reader);
    return NULL;
}

struct trace_reader *reader_open_damaged(const char *path, uint64_t *start,
                                         struct cb_error *error)
{
    struct trace_reader *reader = new_reader(path, error);
    if (reader == NULL)
        return NULL;
    if (!open_file(reader, error)) {
        trace_close(reader);
        return NULL;
    }
    struct cb_error wrong;
    if (read_header(reader, start, &wrong) && parse_header(reader, &wrong))
        return reader;
    if (wrong.code == CB_IO || !version_is_known(reader->info.version)) {
        if (error != NULL)
            *error = wrong;
        trace_close(reader);
        return NULL;
    }
    free(reader->header);
    reader->header = NULL;
    *start = FORMAT_FIXED_SIZE;
    return reader;
}

void trace_close(struct trace_reader *reader)
{
    if (reader == NULL)
        return;
    if (reader->fd >= 0)
        close(reader->fd);
    free(reader->path);
    free(reader->header);
    free(reader->scenario);
    free(reader->structure);
    free(reader->tool);
    free(reader->codes);
    free(reader->domains);
    free(reader->domain_places);
    free(reader->regions);
    free(reader->blocks);
    free(reader->definitions);
    free(reader);
}

bool trace_hash(struct trace_reader *reader, struct cb_error *error)
{
    return hash_file(reader->path, reader->info.sha256, error);
}

const struct trace_info *trace_info(const struct trace_reader *reader)
{
    return &reader->info;
}

const struct trace_code *trace_codes(const struct trace_reader *reader, uint32_t *count)
{
    *count = reader->code_count;
    return reader->codes;
}

const struct trace_domain *trace_domains(const struct trace_reader *reader, size_t *count)
{
    *count = reader->domain_count;
    return reader->domains;
}

const struct trace_region *trace_regions(const struct trace_reader *reader, size_t *count)
{
    *count = reader->region_count;
    return reader->regions;
}

const struct trace_tables *trace_tables(const struct trace_reader *reader)
{
    return &reader->tables;
}

const char *trace_domain_name(const struct trace_reader *reader, uint16_t id)
{
    uint32_t place = reader->domain_places[id];
    return place == 0 ? "unknown" : reader->domains[place - 1].name;
}

size_t trace_blocks(const struct trace_reader *reader)
{
    return reader->block_count;
}
