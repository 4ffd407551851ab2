/* shim.c - loaded before the program's libraries (LD_PRELOAD), makes one call of it fail.
 *
 * Memory: the allocations that fail are those that crossbill's own code asks for, and
 * jansson, SQLite, zstd, zlib and liblzma, told by the address from which they are
 * called. GLib ends the process without memory, by design, and with it Pango; Cairo and
 * fontconfig are left out with them, and so is zlib when it packs for Cairo, which takes
 * it for granted. What the C library allocates for crossbill (a copy
 * of a string, a stream, a thread's stack) is one call each.
 * Disk and reading: a system call fails wherever it comes from, in the C library's
 * streams too. They are trapped (seccomp) and made by the handler, or not. */
#include "shim.h"

#include <argp.h>
#include <dirent.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <dlfcn.h>

/* glibc's own allocator under the names that this library's replace. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

/* A library that is loaded before all others has nowhere else to keep these. */
static struct fault_state *state;
static struct range {
    uintptr_t start, end;
} ours[8], libc, zlib, cairo;
static size_t range_count;
static _Thread_local bool refuses; /* what the C library allocates within a call */

/* ---- stacks ---- */

static pthread_mutex_t telling = PTHREAD_MUTEX_INITIALIZER;

static uint64_t hash_of_callers(void)
{
    void *callers[STACK_DEPTH];
    int count = backtrace(callers, STACK_DEPTH);
    uint64_t hash = 0xcbf29ce484222325ull;
    for (int i = 0; i < count; i++)
        hash = (hash ^ (uint64_t)(uintptr_t)callers[i]) * 0x100000001b3ull;
    return hash != 0 ? hash : 1;
}

/* Note the call if none came from the same callers before it. */
static void tell(long number)
{
    uint64_t hash = hash_of_callers();
    pthread_mutex_lock(&telling);
    size_t at = hash % (2 * STACKS);
    while (state->stacks[at] != 0 && state->stacks[at] != hash)
        at = (at + 1) % (2 * STACKS);
    if (state->stacks[at] == 0) {
        long count = state->stack_count;
        if (count < STACKS) {
            state->stacks[at] = hash;
            state->firsts[count] = number;
            state->stack_count = count + 1;
        } else {
            state->untold++;
        }
    }
    pthread_mutex_unlock(&telling);
}

/* Whether this call is the one that fails. */
static bool is_due(enum fault_kind kind, bool lasting)
{
    if (state == NULL || state->kind != kind)
        return false;
    long number = atomic_fetch_add(&state->calls, 1);
    if (state->tell)
        tell(number);
    bool due = state->at >= 0 &&
               (number == state->at || (state->lasts && lasting && number > state->at));
    if (due)
        atomic_fetch_add(&state->failed, 1);
    return due;
}

/* ---- memory ---- */

static bool is_in(const struct range *range, const void *caller)
{
    return range->start <= (uintptr_t)caller && (uintptr_t)caller < range->end;
}

static bool is_for_cairo(void)
{
    void *callers[STACK_DEPTH];
    int count = backtrace(callers, STACK_DEPTH);
    for (int i = 0; i < count; i++)
        if (is_in(&cairo, callers[i]))
            return true;
    return false;
}

static bool is_ours(const void *caller)
{
    for (size_t i = 0; i < range_count; i++)
        if (is_in(&ours[i], caller))
            return true;
    return is_in(&zlib, caller) && !is_for_cairo();
}

static bool no_memory(const void *caller)
{
    if (!refuses && (!is_ours(caller) || !is_due(FAULT_MEMORY, true)))
        return false;
    errno = ENOMEM;
    return true;
}

#define CALLER __builtin_return_address(0)

void *malloc(size_t size)
{
    return no_memory(CALLER) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return no_memory(CALLER) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return no_memory(CALLER) ? NULL : __libc_realloc(old, size);
}

void *reallocarray(void *old, size_t count, size_t size)
{
    size_t whole;
    if (__builtin_mul_overflow(count, size, &whole)) {
        errno = ENOMEM;
        return NULL;
    }
    return no_memory(CALLER) ? NULL : __libc_realloc(old, whole);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return no_memory(CALLER) ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    if (no_memory(CALLER))
        return ENOMEM;
    *memory = __libc_memalign(alignment, size);
    return *memory != NULL ? 0 : ENOMEM;
}

char *strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = no_memory(CALLER) ? NULL : __libc_malloc(size);
    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

char *strndup(const char *text, size_t most)
{
    size_t size = strnlen(text, most);
    char *copy = no_memory(CALLER) ? NULL : __libc_malloc(size + 1);
    if (copy != NULL) {
        memcpy(copy, text, size);
        copy[size] = '\0';
    }
    return copy;
}

static void *next(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);
    if (function == NULL)
        abort();
    return function;
}

/* The rest of the C library: the real one, or NULL and ENOMEM. */
#define INSTEAD(result, name, parameters, ...)                                           \
    result name parameters                                                               \
    {                                                                                    \
        result(*real) parameters;                                                        \
        if (no_memory(CALLER))                                                           \
            return NULL;                                                                 \
        *(void **)&real = next(#name);                                                   \
        return real(__VA_ARGS__);                                                        \
    }
/* clang-format off */
INSTEAD(FILE *, fopen, (const char *path, const char *mode), path, mode)
INSTEAD(FILE *, fopen64, (const char *path, const char *mode), path, mode)
INSTEAD(FILE *, fdopen, (int fd, const char *mode), fd, mode)
INSTEAD(FILE *, tmpfile, (void))
INSTEAD(FILE *, tmpfile64, (void))
INSTEAD(FILE *, open_memstream, (char **text, size_t *size), text, size)
INSTEAD(DIR *, opendir, (const char *path), path)
INSTEAD(char *, realpath, (const char *restrict path, char *restrict to), path, to)
/* clang-format on */

int vasprintf(char **text, const char *format, va_list arguments)
{
    int (*real)(char **, const char *, va_list);
    if (no_memory(CALLER)) {
        *text = NULL;
        return -1;
    }
    *(void **)&real = next("vasprintf");
    return real(text, format, arguments);
}

int asprintf(char **text, const char *format, ...)
{
    va_list arguments;
    int (*real)(char **, const char *, va_list);
    if (no_memory(CALLER)) {
        *text = NULL;
        return -1;
    }
    *(void **)&real = next("vasprintf");
    va_start(arguments, format);
    int size = real(text, format, arguments);
    va_end(arguments);
    return size;
}

ssize_t getline(char **line, size_t *room, FILE *stream)
{
    ssize_t (*real)(char **, size_t *, FILE *);
    if (no_memory(CALLER))
        return -1;
    *(void **)&real = next("getline");
    return real(line, room, stream);
}

int scandir(const char *path, struct dirent ***entries,
            int (*wanted)(const struct dirent *),
            int (*compare)(const struct dirent **, const struct dirent **))
{
    int (*real)(const char *, struct dirent ***, int (*)(const struct dirent *),
                int (*)(const struct dirent **, const struct dirent **));
    if (no_memory(CALLER))
        return -1;
    *(void **)&real = next("scandir");
    return real(path, entries, wanted, compare);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                   void *(*run)(void *), void *argument)
{
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    if (no_memory(CALLER))
        return EAGAIN;
    *(void **)&real = next("pthread_create");
    return real(thread, attributes, run, argument);
}

/* The trap is a signal that must get through. */
int pthread_sigmask(int how, const sigset_t *set, sigset_t *before)
{
    int (*real)(int, const sigset_t *, sigset_t *);
    sigset_t but;
    if (set != NULL && how != SIG_UNBLOCK) {
        but = *set;
        sigdelset(&but, SIGSYS);
        set = &but;
    }
    *(void **)&real = next("pthread_sigmask");
    return real(how, set, before);
}

/* These do with less memory, in another way: it is the result that must not differ. */
void qsort(void *items, size_t count, size_t size,
           int (*compare)(const void *, const void *))
{
    void (*real)(void *, size_t, size_t, int (*)(const void *, const void *));
    bool due = no_memory(CALLER);
    *(void **)&real = next("qsort");
    refuses = due;
    real(items, count, size, compare);
    refuses = false;
}

error_t argp_parse(const struct argp *restrict argp, int argc, char **restrict argv,
                   unsigned flags, int *restrict at, void *restrict input)
{
    error_t (*real)(const struct argp *, int, char **, unsigned, int *, void *);
    if (no_memory(CALLER))
        return ENOMEM;
    *(void **)&real = next("argp_parse");
    return real(argp, argc, argv, flags, at, input);
}

/* ---- system calls ---- */

/* Outside the C library, so that what it calls is let through. */
long shim_call(long number, long a, long b, long c, long d, long e, long f);
__asm__(".text\n"
        ".globl shim_call\n"
        ".hidden shim_call\n"
        "shim_call:\n"
        "    mov %rdi, %rax\n"
        "    mov %rsi, %rdi\n"
        "    mov %rdx, %rsi\n"
        "    mov %rcx, %rdx\n"
        "    mov %r8, %r10\n"
        "    mov %r9, %r8\n"
        "    mov 8(%rsp), %r9\n"
        "    syscall\n"
        "    ret\n");

static const unsigned short writing[] = {
    SYS_write,  SYS_pwrite64, SYS_writev,    SYS_pwritev,   SYS_fsync,   SYS_fdatasync,
    SYS_rename, SYS_renameat, SYS_renameat2, SYS_ftruncate, SYS_link,    SYS_linkat,
    SYS_unlink, SYS_unlinkat, SYS_fallocate, SYS_mkdir,     SYS_mkdirat, SYS_openat};
static const unsigned short reading[] = {SYS_read, SYS_pread64, SYS_openat};

static bool creates(const greg_t *registers)
{
    return (registers[REG_RDX] & (O_CREAT | O_ACCMODE)) != O_RDONLY ||
           (registers[REG_RDX] & O_TMPFILE) == O_TMPFILE;
}

/* Reads that matter are those of the test's own files. */
static bool is_inside(const greg_t *registers)
{
    char link[40], path[512];
    size_t size = strlen(state->directory);
    if (registers[REG_RAX] == SYS_openat)
        return strncmp((const char *)registers[REG_RSI], state->directory, size) == 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", (int)registers[REG_RDI]);
    long length =
        shim_call(SYS_readlinkat, AT_FDCWD, (long)link, (long)path, sizeof path, 0, 0);
    return length > (long)size && strncmp(path, state->directory, size) == 0;
}

static bool matters(const greg_t *registers)
{
    bool opens = registers[REG_RAX] == SYS_openat;
    if (state->kind == FAULT_READ)
        return (!opens || !creates(registers)) && is_inside(registers);
    bool to_stderr =
        registers[REG_RDI] == STDERR_FILENO &&
        (registers[REG_RAX] == SYS_write || registers[REG_RAX] == SYS_writev);
    return opens ? creates(registers) : !to_stderr;
}

static void on_trap(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)info;
    greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
    int before = errno;
    /* A full disk lets go of files. */
    bool lasting = r[REG_RAX] != SYS_unlink && r[REG_RAX] != SYS_unlinkat;
    bool due = matters(r) && is_due(state->kind, lasting);
    if (due && !lasting)
        atomic_fetch_add(&state->undeleted, 1);
    r[REG_RAX] = due ? -state->reason
                     : shim_call(r[REG_RAX], r[REG_RDI], r[REG_RSI], r[REG_RDX],
                                 r[REG_R10], r[REG_R8], r[REG_R9]);
    errno = before;
}

/* Only calls from where the C library lies in this process are trapped: what it starts
 * has the same filter, the library elsewhere, and no handler. */
static void trap(const unsigned short *calls, size_t count)
{
    uint64_t from = libc.start, to = libc.end;
    struct sock_filter program[40] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
    size_t n = 1;
    for (size_t i = 0; i < count; i++)
        program[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i],
                                                    (uint8_t)(count - i), 0);
    struct sock_filter rest[] = {
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                 offsetof(struct seccomp_data, instruction_pointer)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (uint32_t)from, 0, 4),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (uint32_t)to, 3, 0),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                 offsetof(struct seccomp_data, instruction_pointer) + 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(from >> 32), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    memcpy(program + n, rest, sizeof rest);
    struct sock_fprog filter = {(unsigned short)(n + sizeof rest / sizeof *rest),
                                program};
    struct sigaction action = {.sa_sigaction = on_trap,
                               .sa_flags = SA_SIGINFO | SA_NODEFER};
    if (from == 0 || from >> 32 != to >> 32 || sigaction(SIGSYS, &action, NULL) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
        perror("shim");
        _exit(99);
    }
}

/* ---- the beginning ---- */

/* Where the range of this object's code is kept; NULL: nowhere. The first object is the
 * program. */
static struct range *place_of(const char *name, bool is_first)
{
    static const char *const names[] = {"/libjansson.", "/libsqlite3.", "/libzstd.",
                                        "/liblzma."};
    static const struct {
        const char *name;
        struct range *place;
    } apart[] = {{"/libc.so.", &libc}, {"/libz.", &zlib}, {"/libcairo.", &cairo}};
    bool is_one_of_ours = is_first;
    for (size_t i = 0; i < sizeof apart / sizeof *apart; i++)
        if (strstr(name, apart[i].name) != NULL)
            return apart[i].place;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        is_one_of_ours |= strstr(name, names[i]) != NULL;
    return is_one_of_ours && range_count < sizeof ours / sizeof *ours
               ? &ours[range_count++]
               : NULL;
}

static int note_object(struct dl_phdr_info *object, size_t size, void *first)
{
    (void)size;
    struct range *place = place_of(object->dlpi_name, *(bool *)first);
    *(bool *)first = false;
    for (int i = 0; place != NULL && i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || (part->p_flags & PF_X) == 0)
            continue;
        uintptr_t start = object->dlpi_addr + part->p_vaddr;
        *place = (struct range){start, start + part->p_memsz};
    }
    return 0;
}

__attribute__((constructor)) static void begin(int count, char **arguments)
{
    const char *path = getenv("CROSSBILL_FAULTS");
    bool first = true;
    void *caller;
    backtrace(&caller, 1); /* loads what it needs before anything is counted */
    int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *memory = mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (memory == MAP_FAILED)
        return;
    dl_iterate_phdr(note_object, &first);
    /* The filter compares the upper halves of addresses but once: where they differ, once
     * in some thousand runs, the program is loaded again, elsewhere. */
    if (count > 0 && libc.start >> 32 != libc.end >> 32)
        execv("/proc/self/exe", arguments);
    unsetenv("LD_PRELOAD"); /* what the program starts is left alone */
    state = memory;
    if (state->kind == FAULT_DISK)
        trap(writing, sizeof writing / sizeof *writing);
    if (state->kind == FAULT_READ)
        trap(reading, sizeof reading / sizeof *reading);
}
