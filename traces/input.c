#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#define PIECE          (1u << 17)
#define XZ_MEMORY      (256u << 20)
#define LONGEST_WINDOW 27 /* zstd's own default: 128 MiB */

enum packing { PACKING_NONE, PACKING_GZIP, PACKING_XZ, PACKING_ZSTD };

struct input {
    char *name;
    int fd; /* -1: from memory */
    const uint8_t *memory;
    size_t memory_left;
    uint64_t taken, size, offset, lines;

    enum packing packing;
    z_stream gzip;
    lzma_stream xz;
    ZSTD_DCtx *zstd;
    bool within; /* a compressed stream has begun and not ended */

    uint8_t *packed; /* as read; PIECE bytes */
    size_t packed_at, packed_end;
    bool packed_done;
    uint8_t *plain; /* unpacked; INPUT_LINE_MAX + PIECE bytes */
    size_t plain_at, plain_end;
};

static bool fail_io(const struct input *input, struct cb_error *error)
{
    cb_error_set(error, CB_IO, "cannot read: %s", strerror(errno));
    return cb_error_in(error, input->name);
}

static bool fail_packed(const struct input *input, const char *what,
                        struct cb_error *error)
{
    cb_error_set(error, CB_TRACE, "%s", what);
    return cb_error_in(error, input->name);
}

static bool fail_memory(const struct input *input, struct cb_error *error)
{
    cb_error_set(error, CB_IO, "out of memory");
    return cb_error_in(error, input->name);
}

bool input_fail(const struct input *input, struct cb_error *error, const char *format,
                ...)
{
    char sentence[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    cb_error_set(error, CB_TRACE, "%s", sentence);
    if (input->lines > 0)
        cb_error_at_line(error, input->lines, CB_NOWHERE);
    else
        cb_error_at_byte(error, input->offset);
    return cb_error_in(error, input->name);
}

/* ---- bytes as they are ---- */

static bool take_memory(struct input *input)
{
    size_t size = input->memory_left < PIECE ? input->memory_left : PIECE;
    if (size > 0)
        memcpy(input->packed, input->memory, size);
    input->memory += size;
    input->memory_left -= size;
    input->packed_end = size;
    input->packed_done = size == 0;
    input->taken += size;
    return true;
}

static bool take_file(struct input *input, struct cb_error *error)
{
    ssize_t size;
    do
        size = read(input->fd, input->packed, PIECE);
    while (size < 0 && errno == EINTR);
    if (size < 0)
        return fail_io(input, error);
    input->packed_end = (size_t)size;
    input->packed_done = size == 0;
    input->taken += (uint64_t)size;
    return true;
}

/* Makes at least one byte available unless the input has ended. */
static bool fill_packed(struct input *input, struct cb_error *error)
{
    if (input->packed_at < input->packed_end || input->packed_done)
        return true;
    input->packed_at = input->packed_end = 0;
    return input->fd < 0 ? take_memory(input) : take_file(input, error);
}

/* ---- unpacking: each takes from packed and adds to `to` ---- */

static bool copy_plain(struct input *input, uint8_t *to, size_t size, size_t *made)
{
    size_t have = input->packed_end - input->packed_at;
    *made = have < size ? have : size;
    memcpy(to, input->packed + input->packed_at, *made);
    input->packed_at += *made;
    return true;
}

static bool unpack_gzip(struct input *input, uint8_t *to, size_t size, size_t *made,
                        struct cb_error *error)
{
    z_stream *gzip = &input->gzip;
    if (!input->within && inflateReset(gzip) != Z_OK)
        return fail_packed(input, "the gzip data are damaged", error);
    gzip->next_in = input->packed + input->packed_at;
    gzip->avail_in = (uInt)(input->packed_end - input->packed_at);
    gzip->next_out = to;
    gzip->avail_out = (uInt)size;
    int status = inflate(gzip, Z_NO_FLUSH);
    input->packed_at = input->packed_end - gzip->avail_in;
    *made = size - gzip->avail_out;
    input->within = status != Z_STREAM_END;
    if (status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR)
        return true;
    if (status == Z_MEM_ERROR)
        return fail_memory(input, error);
    return fail_packed(input, "the gzip data are damaged", error);
}

/* liblzma itself deals with streams that follow each other; `within` stays until the
 * end of the input. */
static bool unpack_xz(struct input *input, uint8_t *to, size_t size, size_t *made,
                      struct cb_error *error)
{
    lzma_stream *xz = &input->xz;
    xz->next_in = input->packed + input->packed_at;
    xz->avail_in = input->packed_end - input->packed_at;
    xz->next_out = to;
    xz->avail_out = size;
    lzma_ret status = lzma_code(xz, input->packed_done ? LZMA_FINISH : LZMA_RUN);
    input->packed_at = input->packed_end - xz->avail_in;
    *made = size - xz->avail_out;
    input->within = status != LZMA_STREAM_END;
    if (status == LZMA_OK || status == LZMA_STREAM_END || status == LZMA_BUF_ERROR)
        return true;
    if (status == LZMA_MEM_ERROR)
        return fail_memory(input, error);
    if (status == LZMA_MEMLIMIT_ERROR)
        return fail_packed(input, "the xz data need more than 256 MiB to decode", error);
    return fail_packed(input, "the xz data are damaged", error);
}

static bool unpack_zstd(struct input *input, uint8_t *to, size_t size, size_t *made,
                        struct cb_error *error)
{
    ZSTD_inBuffer from = {input->packed + input->packed_at,
                          input->packed_end - input->packed_at, 0};
    ZSTD_outBuffer out = {to, size, 0};
    size_t status = ZSTD_decompressStream(input->zstd, &out, &from);
    input->packed_at += from.pos;
    *made = out.pos;
    if (ZSTD_getErrorCode(status) == ZSTD_error_memory_allocation)
        return fail_memory(input, error);
    if (ZSTD_isError(status))
        return fail_packed(input, "the zstd data are damaged", error);
    input->within = status != 0;
    return true;
}

static bool unpack(struct input *input, uint8_t *to, size_t size, size_t *made,
                   struct cb_error *error)
{
    switch (input->packing) {
    case PACKING_NONE:
        return copy_plain(input, to, size, made);
    case PACKING_GZIP:
        return unpack_gzip(input, to, size, made, error);
    case PACKING_XZ:
        return unpack_xz(input, to, size, made, error);
    case PACKING_ZSTD:
        return unpack_zstd(input, to, size, made, error);
    }
    return false;
}

/* Adds some bytes to `to`; *made is 0 at the end only. */
static bool produce(struct input *input, uint8_t *to, size_t size, size_t *made,
                    struct cb_error *error)
{
    *made = 0;
    for (;;) {
        if (!fill_packed(input, error))
            return false;
        bool dry = input->packed_done;
        if (dry && !input->within)
            return true;
        size_t before = input->packed_at;
        if (!unpack(input, to, size, made, error))
            return false;
        if (*made > 0)
            return true;
        if (dry && input->within)
            return fail_packed(input, "the compressed data end too early", error);
        if (input->packed_at == before && !dry && input->within)
            return fail_packed(input, "the compressed data are damaged", error);
    }
}

/* ---- opening ---- */

static bool start_unpacking(struct input *input, struct cb_error *error)
{
    static const uint8_t gzip[] = {0x1f, 0x8b}, xz[] = {0xfd, '7', 'z', 'X', 'Z', 0},
                         zstd[] = {0x28, 0xb5, 0x2f, 0xfd};
    if (!fill_packed(input, error))
        return false;
    const uint8_t *bytes = input->packed;
    size_t size = input->packed_end;
    bool ready = true;
    if (size >= sizeof gzip && memcmp(bytes, gzip, sizeof gzip) == 0) {
        input->packing = PACKING_GZIP;
        ready = inflateInit2(&input->gzip, 15 + 16) == Z_OK;
    } else if (size >= sizeof xz && memcmp(bytes, xz, sizeof xz) == 0) {
        input->packing = PACKING_XZ;
        ready = lzma_stream_decoder(&input->xz, XZ_MEMORY, LZMA_CONCATENATED) == LZMA_OK;
        input->within = true;
    } else if (size >= sizeof zstd && memcmp(bytes, zstd, sizeof zstd) == 0) {
        input->packing = PACKING_ZSTD;
        input->zstd = ZSTD_createDCtx();
        ready = input->zstd != NULL &&
                !ZSTD_isError(ZSTD_DCtx_setParameter(input->zstd, ZSTD_d_windowLogMax,
                                                     LONGEST_WINDOW));
    }
    return ready || fail_memory(input, error);
}

static struct input *new_input(const char *name, struct cb_error *error)
{
    struct input *input = calloc(1, sizeof *input);
    if (input != NULL) {
        input->fd = -1;
        input->name = strdup(name);
        input->packed = malloc(PIECE);
        input->plain = malloc(INPUT_LINE_MAX + PIECE);
    }
    if (input != NULL && input->name != NULL && input->packed != NULL &&
        input->plain != NULL)
        return input;
    cb_error_set(error, CB_IO, "out of memory");
    cb_error_in(error, name);
    input_close(input);
    return NULL;
}

struct input *input_memory(const void *bytes, size_t size, const char *name,
                           struct cb_error *error)
{
    struct input *input = new_input(name, error);
    if (input == NULL)
        return NULL;
    input->memory = bytes;
    input->memory_left = input->size = size;
    if (start_unpacking(input, error))
        return input;
    input_close(input);
    return NULL;
}

/* A pipe may hand over a single byte at first: enough is read to tell what it is. */
static bool open_file(struct input *input, const char *path, struct cb_error *error)
{
    struct stat status;
    bool standard = strcmp(path, "-") == 0;
    input->fd = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (input->fd < 0 || fstat(input->fd, &status) < 0)
        return fail_io(input, error);
    if (S_ISREG(status.st_mode))
        input->size = (uint64_t)status.st_size;
    while (input->packed_end < 6 && !input->packed_done) {
        ssize_t size =
            read(input->fd, input->packed + input->packed_end, PIECE - input->packed_end);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return fail_io(input, error);
        input->packed_end += (size_t)size;
        input->taken += (uint64_t)size;
        if (size == 0)
            break;
    }
    return true;
}

struct input *input_open(const char *path, struct cb_error *error)
{
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    struct input *input = new_input(name, error);
    if (input == NULL)
        return NULL;
    if (open_file(input, path, error) && start_unpacking(input, error))
        return input;
    input_close(input);
    return NULL;
}

void input_close(struct input *input)
{
    if (input == NULL)
        return;
    if (input->fd >= 0)
        close(input->fd);
    if (input->packing == PACKING_GZIP)
        inflateEnd(&input->gzip);
    if (input->packing == PACKING_XZ)
        lzma_end(&input->xz);
    ZSTD_freeDCtx(input->zstd);
    free(input->name);
    free(input->packed);
    free(input->plain);
    free(input);
}

/* ---- reading ---- */

bool input_read(struct input *input, void *to, size_t size, size_t *got,
                struct cb_error *error)
{
    uint8_t *p = to;
    *got = 0;
    while (*got < size) {
        size_t made;
        if (!produce(input, p + *got, size - *got, &made, error))
            return false;
        if (made == 0)
            break;
        *got += made;
    }
    input->offset += *got;
    return true;
}

/* Moves the begun line to the front and adds a piece. False at the end too. */
static bool more_plain(struct input *input, bool *ended, struct cb_error *error)
{
    size_t made, have = input->plain_end - input->plain_at;
    memmove(input->plain, input->plain + input->plain_at, have);
    input->plain_at = 0;
    input->plain_end = have;
    if (!produce(input, input->plain + have, PIECE - 1, &made, error))
        return false;
    input->plain_end += made;
    *ended = made == 0;
    return true;
}

static enum input_status hand_out(struct input *input, size_t size, size_t skip,
                                  const char **line, size_t *length)
{
    uint8_t *start = input->plain + input->plain_at;
    input->plain_at += size + skip;
    input->offset += size + skip;
    if (size > 0 && start[size - 1] == '\r')
        size--;
    start[size] = '\0';
    *line = (const char *)start;
    *length = size;
    return INPUT_READ;
}

enum input_status input_line(struct input *input, const char **line, size_t *length,
                             struct cb_error *error)
{
    size_t seen = 0;
    input->lines++;
    for (;;) {
        size_t have = input->plain_end - input->plain_at;
        const uint8_t *start = input->plain + input->plain_at;
        const uint8_t *end = memchr(start + seen, '\n', have - seen);
        if (end != NULL)
            return hand_out(input, (size_t)(end - start), 1, line, length);
        if (have >= INPUT_LINE_MAX) {
            input_fail(input, error, "the line is longer than %u bytes", INPUT_LINE_MAX);
            return INPUT_FAILED;
        }
        bool ended;
        seen = have;
        if (!more_plain(input, &ended, error))
            return INPUT_FAILED;
        if (ended && have > 0)
            return hand_out(input, have, 0, line, length);
        if (ended) {
            input->lines--;
            return INPUT_END;
        }
    }
}

const char *input_name(const struct input *input)
{
    return input->name;
}

uint64_t input_line_number(const struct input *input)
{
    return input->lines;
}

uint64_t input_offset(const struct input *input)
{
    return input->offset;
}

uint64_t input_taken(const struct input *input)
{
    return input->taken;
}

uint64_t input_size(const struct input *input)
{
    return input->size;
}
