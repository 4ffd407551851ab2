/* app.c - the application of scenario file: a mix of file operations. It knows what every
 * byte of every file must be, and checks each one that it reads.
 *
 * One request: visit its own pages, then one operation on a random file. */
#include "kernel-trace/services/service.h"
#include "kernel-trace/services/user.h"

#define MOST_FILES 96

struct file {
    uint32_t handle; /* 0: there is none */
    uint32_t size;
    uint32_t version; /* of its contents: a new one each time that it is created */
};

struct app {
    struct visit visit;
    struct file files[MOST_FILES];
    uint32_t file_count, file_bytes;
    uint32_t bytes; /* per read and write */
    uint32_t random;
    uint32_t number; /* of this process: in its files' names and contents */
};

static uint8_t buffer[SERVICE_BYTES] __attribute__((aligned(64)));

static uint32_t next_random(struct app *app, uint32_t count)
{
    app->random = app->random * 1664525 + 1013904223;
    return (app->random >> 16) * count >> 16;
}

/* The word at a multiple of four of a file. */
static uint32_t content(const struct app *app, uint32_t file, uint32_t offset)
{
    uint32_t version = app->files[file].version;
    return (offset ^ file << 20 ^ version << 12 ^ app->number << 28) * 2654435761u;
}

static void make_name(const struct app *app, uint32_t file, char name[FS_NAME])
{
    const char *letters = "abcdefghijklmnop";
    for (uint32_t i = 0; i < FS_NAME; i++)
        name[i] = 0;
    name[0] = 'f';
    name[1] = letters[app->number & 15];
    name[2] = letters[file >> 4 & 15];
    name[3] = letters[file & 15];
}

static uint32_t call_name(const struct app *app, uint32_t operation, uint32_t file)
{
    char name[FS_NAME];
    make_name(app, file, name);
    struct arguments arguments = {.in = name, .in_bytes = 4};
    return service_call(SERVICE_FS, operation, &arguments);
}

static bool write_at(struct app *app, uint32_t file, uint32_t offset)
{
    uint32_t *words = (uint32_t *)buffer;
    for (uint32_t i = 0; i < app->bytes / 4; i++)
        words[i] = content(app, file, offset + i * 4);
    struct arguments arguments = {
        .a = app->files[file].handle, .b = offset, .in = buffer, .in_bytes = app->bytes};
    if (service_call(SERVICE_FS, FS_WRITE, &arguments) != app->bytes)
        return false;
    if (app->files[file].size < offset + app->bytes)
        app->files[file].size = offset + app->bytes;
    return true;
}

/* Every byte must be what was written; past the end there must be none. */
static bool read_at(struct app *app, uint32_t file, uint32_t offset)
{
    const uint32_t *words = (const uint32_t *)buffer;
    uint32_t size = app->files[file].size;
    uint32_t expected = offset >= size               ? 0
                        : size - offset < app->bytes ? size - offset
                                                     : app->bytes;
    struct arguments arguments = {.a = app->files[file].handle,
                                  .b = offset,
                                  .out = buffer,
                                  .out_bytes = app->bytes};
    uint32_t result = service_call(SERVICE_FS, FS_READ, &arguments);
    if (result != expected || arguments.out_bytes != expected)
        return false;
    for (uint32_t i = 0; i < expected / 4; i++)
        if (words[i] != content(app, file, offset + i * 4))
            return false;
    return true;
}

static bool create(struct app *app, uint32_t file)
{
    struct file *it = &app->files[file];
    uint32_t handle = call_name(app, FS_CREATE, file);
    if (service_failed(handle))
        return false;
    *it = (struct file){.handle = handle, .version = it->version + 1};
    return true;
}

static bool unlink(struct app *app, uint32_t file)
{
    struct file *it = &app->files[file];
    struct arguments arguments = {
        .a = it->handle, .out = buffer, .out_bytes = app->bytes};
    if (call_name(app, FS_UNLINK, file))
        return false;
    it->handle = 0;
    it->size = 0;
    /* Its handle must be worth nothing now. */
    return service_call(SERVICE_FS, FS_READ, &arguments) == SERVICE_MISSING;
}

static bool list(struct app *app)
{
    uint32_t start = next_random(app, app->file_count);
    struct arguments arguments = {.a = start, .out = buffer, .out_bytes = FS_NAME};
    uint32_t next = service_call(SERVICE_FS, FS_LIST, &arguments);
    if (!next)
        return arguments.out_bytes == 0;
    return next > start && arguments.out_bytes == FS_NAME && buffer[0] == 'f';
}

static bool fill(struct app *app, uint32_t file)
{
    for (uint32_t at = 0; at < app->file_bytes; at += app->bytes)
        if (!write_at(app, file, at))
            return false;
    return true;
}

/* One operation. Of 100: 55 reads, 30 writes, 5 opens, 5 listings, 5 unlink and create.
 */
static bool operate(struct app *app)
{
    uint32_t file = next_random(app, app->file_count);
    uint32_t slots = app->file_bytes / app->bytes;
    uint32_t offset = next_random(app, slots) * app->bytes;
    uint32_t dice = next_random(app, 100);
    if (dice < 55)
        return read_at(app, file, offset);
    if (dice < 85)
        return write_at(app, file,
                        offset <= app->files[file].size ? offset : app->files[file].size);
    if (dice < 90)
        return call_name(app, FS_OPEN, file) == app->files[file].handle;
    if (dice < 95)
        return list(app);
    return unlink(app, file) && create(app, file) && write_at(app, file, 0);
}

static bool set_up(void *state)
{
    struct app *app = state;
    struct arguments none = {.a = 0};
    if (program_launch.formats && service_call(SERVICE_FS, FS_FORMAT, &none))
        return false;
    for (uint32_t file = 0; file < app->file_count; file++)
        if (!create(app, file) || !fill(app, file))
            return false;
    return true;
}

static bool request(void *state, uint32_t number)
{
    struct app *app = state;
    (void)number;
    visit(&app->visit);
    return operate(app);
}

/* Everything that should be there, is. */
static bool verify(void *state)
{
    struct app *app = state;
    for (uint32_t file = 0; file < app->file_count; file++)
        for (uint32_t at = 0; at < app->file_bytes; at += app->bytes)
            if (!read_at(app, file, at))
                return false;
    return true;
}

void main(void)
{
    static struct app app;
    const struct scenario *scenario = &program_launch.scenario;

    app.random = program_launch.seed * 2 + 1;
    app.number = program_launch.worker;
    app.file_count = scenario->files;
    app.file_bytes = scenario->filesize;
    app.bytes = scenario->transfer;
    visit_init(&app.visit, &program_launch);
    work(set_up, request, verify, &app);
}
