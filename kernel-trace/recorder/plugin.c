/* plugin.c - what QEMU calls. The hot paths are on_fetch() and on_data(); everything out
 * of the ordinary leaves them at once, told by one word (`attention`) and by the flags of
 * code locations and pages. */
#include "kernel-trace/recorder/plugin.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define TICKS_PER_REPORT 256u

/* QEMU's translation callback carries no pointer of ours, hence the one variable; its
 * fixed address also spares the hot paths a load. */
static struct recorder the_recorder;

/* ---- failure and progress ---- */

static void tell_state(struct recorder *recorder, enum recorder_state state)
{
    __atomic_store_n(&recorder->status->state, (uint32_t)state, __ATOMIC_RELEASE);
}

static void give_up(struct recorder *recorder, const struct cb_error *error)
{
    if (recorder->failed)
        return;
    recorder->failed = true;
    recorder->attention |= ATTEND_CLOSED;
    recorder->pending = NULL;
    recorder->status->error = *error;
    tell_state(recorder, RECORDER_FAILED);
}

void recorder_fail(struct recorder *recorder, const char *format, ...)
{
    char sentence[sizeof((struct cb_error){0}).sentence];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    struct cb_error error;
    cb_error_set(&error, CB_IO, "%s", sentence);
    give_up(recorder, &error);
}

static void report_progress(struct recorder *recorder)
{
    __atomic_store_n(&recorder->status->records, trace_written(recorder->writer),
                     __ATOMIC_RELAXED);
    if (trace_failed(recorder->writer))
        recorder->attention |= ATTEND_CLOSED | ATTEND_WRITER;
}

/* What the writer has to say, in its own words. Only between two instructions, when
 * nobody is about to put a record: the writer is gone afterwards. */
static void fail_as_writer(struct recorder *recorder)
{
    struct cb_error error;
    recorder->attention &= ~(uint32_t)ATTEND_WRITER;
    recorder->pending = NULL;
    if (!trace_finish(recorder->writer, &error))
        give_up(recorder, &error);
    recorder->writer = NULL;
}

/* ---- putting records ---- */

static void hold(struct recorder *recorder, const struct held *held)
{
    if (recorder->held_count == HELD_MAX) {
        recorder_fail(recorder,
                      "the kernel was entered from the kernel, and none of the first %d "
                      "records after that tells its stack pointer: expected a push",
                      HELD_MAX);
        return;
    }
    recorder->held[recorder->held_count++] = *held;
}

static __attribute__((noinline)) void enter_page(struct recorder *recorder,
                                                 uint32_t vaddr)
{
    recorder->fetch_page = vaddr >> PAGE_SHIFT;
    use_table(recorder, vaddr);
    if (++recorder->ticks % TICKS_PER_REPORT == 0)
        report_progress(recorder);
}

/* The part of an instruction that lies in the next page. Its address there is that of
 * the page tables, since QEMU tells the first page's alone. */
static __attribute__((noinline)) void put_rest(struct recorder *recorder,
                                               const struct site *site)
{
    uint32_t vaddr = (site->vaddr & ~PAGE_MASK) + PAGE_BYTES;
    uint32_t paddr;
    if (!guest_walk(recorder, vaddr, &paddr)) {
        recorder_fail(recorder,
                      "the instruction at 0x%x runs into a page that is not mapped",
                      site->vaddr);
        return;
    }
    enter_page(recorder, vaddr);
    uint32_t code = trace_put_code(recorder->writer, vaddr, paddr, NULL, 0);
    uint32_t in_first = PAGE_BYTES - (site->vaddr & PAGE_MASK);
    trace_put_fetch(recorder->writer, code, (uint8_t)(site->length - in_first));
}

static inline void put_site(struct recorder *recorder, const struct site *site)
{
    if (unlikely(site->vaddr >> PAGE_SHIFT != recorder->fetch_page))
        enter_page(recorder, site->vaddr);
    trace_put_fetch(recorder->writer, site->code, 0);
    if (unlikely(site->flags & SITE_SPLIT))
        put_rest(recorder, site);
}

void put_pending(struct recorder *recorder)
{
    const struct site *site = recorder->pending;
    if (site == NULL)
        return;
    recorder->pending = NULL;
    if (unlikely(recorder->attention & ATTEND_HOLDING))
        hold(recorder, &(struct held){.kind = HELD_FETCH, .site = site});
    else
        put_site(recorder, site);
}

void put_event(struct recorder *recorder, const struct trace_record *event)
{
    if (recorder->attention & ATTEND_CLOSED)
        return;
    if (recorder->attention & ATTEND_HOLDING)
        hold(recorder, &(struct held){.kind = HELD_EVENT, .record = *event});
    else
        trace_put_event(recorder->writer, event);
}

static void put_data(struct recorder *recorder, const struct trace_record *data)
{
    if (recorder->attention & ATTEND_HOLDING)
        hold(recorder, &(struct held){.kind = HELD_DATA, .record = *data});
    else
        trace_put_data(recorder->writer, data->kind, data->vaddr, data->paddr,
                       data->size);
}

void release_held(struct recorder *recorder)
{
    size_t count = recorder->held_count;
    recorder->held_count = 0;
    recorder->attention &= ~(uint32_t)ATTEND_HOLDING;
    for (size_t i = 0; i < count && !recorder->failed; i++) {
        const struct held *held = &recorder->held[i];
        switch (held->kind) {
        case HELD_FETCH:
            put_site(recorder, held->site);
            break;
        case HELD_DATA:
            put_data(recorder, &held->record);
            break;
        case HELD_EVENT:
            put_event(recorder, &held->record);
            break;
        }
    }
}

/* ---- fetches ---- */

static void begin_instruction(struct recorder *recorder, struct site *site)
{
    if (site->flags & SITE_SILENT) {
        recorder->attention |= ATTEND_DROPPING;
        return;
    }
    if (site->flags & SITE_FOREIGN) {
        recorder_fail(recorder,
                      "the code at 0x%x is not in guest memory: expected the "
                      "recording to stop before firmware runs",
                      site->vaddr);
        return;
    }
    if (site->flags & SITE_NEW)
        site_number(recorder, site);
    recorder->pending = site;
}

/* The instruction's own fetch still belongs to the space that is being left. */
static void expect_other_translations(struct recorder *recorder, const struct site *site)
{
    put_pending(recorder);
    forget_translations(recorder);
    if (site->flags & SITE_LOADS_CR3)
        recorder->cr3_stale = true;
}

static __attribute__((noinline)) void attend_fetch(struct recorder *recorder,
                                                   struct site *site)
{
    if (recorder->failed)
        return;
    if (recorder->attention & ATTEND_WRITER) {
        fail_as_writer(recorder);
        return;
    }
    put_pending(recorder);
    recorder->attention &= ~(uint32_t)ATTEND_DROPPING;
    if (recorder->attention & ATTEND_LEAVING)
        finish_leaving(recorder, site);
    if (site->flags & SITE_NOTED)
        follow_notes(recorder, site);
    if (!(recorder->attention & ATTEND_CLOSED))
        begin_instruction(recorder, site);
    if (site->flags & SITE_FORGETS)
        expect_other_translations(recorder, site);
}

static void on_fetch(unsigned cpu, void *user)
{
    (void)cpu;
    struct recorder *recorder = &the_recorder;
    struct site *site = user;
    if (unlikely(recorder->attention | site->flags)) {
        attend_fetch(recorder, site);
        return;
    }
    const struct site *last = recorder->pending;
    recorder->pending = site;
    if (last != NULL)
        put_site(recorder, last);
}

/* ---- loads and stores ---- */

/* A gate is read by the processor alone, at the beginning of a trap. QEMU reports what a
 * trap reads and pushes only sometimes, so from here to the next fetch nothing counts:
 * replay synthesises all of it from the record CROSSING_IN. */
static bool on_gate_read(struct recorder *recorder, uint32_t vaddr)
{
    if (vaddr - recorder->tables.idt >= 256 * 8)
        return false;
    if (!(recorder->attention & (ATTEND_CLOSED | ATTEND_DROPPING)))
        put_pending(recorder);
    recorder->attention |= ATTEND_DROPPING;
    return true;
}

/* True when nothing more is to be done about this access. */
static bool watched(struct recorder *recorder, bool store, uint32_t vaddr,
                    uint32_t physical, uint32_t size)
{
    uint32_t paddr = (physical & ~PAGE_MASK) | (vaddr & PAGE_MASK);
    if (physical & WATCH_WINDOW) {
        if (store)
            window_store(recorder, paddr, size);
        return true;
    }
    if (store && (physical & WATCH_DIRECTORY))
        directory_changed(recorder, paddr);
    return !store && (physical & WATCH_GATES) && on_gate_read(recorder, vaddr);
}

/* The second part of an access that crosses a page. */
static void put_data_rest(struct recorder *recorder, bool store, uint32_t vaddr,
                          uint32_t size)
{
    uint32_t paddr;
    if (!guest_walk(recorder, vaddr, &paddr)) {
        recorder_fail(recorder, "an access runs into page 0x%x, which is not mapped",
                      vaddr);
        return;
    }
    use_table(recorder, vaddr);
    put_data(recorder, &(struct trace_record){.kind = store ? TRACE_STORE : TRACE_LOAD,
                                              .vaddr = vaddr,
                                              .paddr = paddr,
                                              .size = (uint8_t)size});
}

static __attribute__((noinline)) void attend_data(struct recorder *recorder,
                                                  const struct site *site, bool store,
                                                  qemu_plugin_meminfo_t access,
                                                  uint32_t vaddr, uint32_t size)
{
    uint32_t physical;
    if (recorder->failed || !translate(recorder, access, vaddr, &physical))
        return;
    if ((physical & PAGE_MASK) && watched(recorder, store, vaddr, physical, size))
        return;
    if (recorder->attention & ATTEND_LEAVING)
        leaving_access(recorder, vaddr);
    if (recorder->attention & (ATTEND_CLOSED | ATTEND_DROPPING))
        return;
    put_pending(recorder);
    if (recorder->attention & ATTEND_HOLDING)
        holding_access(recorder, site, store, vaddr, size);
    uint32_t in_page = PAGE_BYTES - (vaddr & PAGE_MASK);
    uint32_t first = size < in_page ? size : in_page;
    put_data(recorder, &(struct trace_record){.kind = store ? TRACE_STORE : TRACE_LOAD,
                                              .vaddr = vaddr,
                                              .paddr = (physical & ~PAGE_MASK) |
                                                       (vaddr & PAGE_MASK),
                                              .size = (uint8_t)first});
    if (first < size)
        put_data_rest(recorder, store, vaddr + first, size - first);
}

static __attribute__((noinline)) void learn_shape(struct access_shape *shape,
                                                  qemu_plugin_meminfo_t access)
{
    shape->access = access;
    shape->size = 1u << qemu_plugin_mem_size_shift(access);
    shape->store = qemu_plugin_mem_is_store(access);
}

/* One callback for loads and stores: QEMU 7.2 confuses the two when they are asked for
 * one by one. */
static void on_data(unsigned cpu, qemu_plugin_meminfo_t access, uint64_t linear,
                    void *user)
{
    (void)cpu;
    struct recorder *recorder = &the_recorder;
    struct access_shape *shape =
        &recorder->shapes[(access ^ access >> 13) % ACCESS_SHAPES];
    if (unlikely(shape->access != access))
        learn_shape(shape, access);
    bool store = shape->store;
    uint32_t vaddr = (uint32_t)linear;
    uint32_t size = shape->size;
    uint32_t page = vaddr >> PAGE_SHIFT;
    const struct translation *known = &recorder->translations[page % TRANSLATIONS];
    uint32_t odd = recorder->attention | (known->tag ^ (page + recorder->generation)) |
                   (known->physical & PAGE_MASK);
    if (unlikely(odd != 0 || (vaddr & PAGE_MASK) + size > PAGE_BYTES)) {
        attend_data(recorder, user, store, access, vaddr, size);
        return;
    }
    const struct site *last = recorder->pending;
    if (last != NULL) {
        recorder->pending = NULL;
        put_site(recorder, last);
    }
    trace_put_data(recorder->writer, store ? TRACE_STORE : TRACE_LOAD, vaddr,
                   known->physical | (vaddr & PAGE_MASK), (uint8_t)size);
}

/* ---- translation, begin and end ---- */

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
    (void)id;
    struct recorder *recorder = &the_recorder;
    if (recorder->ram == NULL && !guest_find_memory(recorder))
        return;
    size_t count = qemu_plugin_tb_n_insns(block);
    for (size_t i = 0; i < count; i++) {
        struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
        struct site *site = site_of(recorder, instruction);
        if (site == NULL)
            return;
        qemu_plugin_register_vcpu_insn_exec_cb(instruction, on_fetch,
                                               QEMU_REGISTERS_UNTOUCHED, site);
        qemu_plugin_register_vcpu_mem_cb(instruction, on_data, QEMU_REGISTERS_UNTOUCHED,
                                         QEMU_LOADS_AND_STORES, site);
    }
}

static void on_end(qemu_plugin_id_t id, void *user)
{
    (void)id;
    struct recorder *recorder = user;
    struct cb_error error;
    if (recorder->failed || recorder->writer == NULL)
        return;
    if (!recorder->started) {
        recorder_fail(recorder, "the guest ended without starting the recording");
        return;
    }
    if (!(recorder->attention & ATTEND_CLOSED))
        put_pending(recorder);
    uint64_t records = trace_written(recorder->writer);
    struct trace_writer *writer = recorder->writer;
    recorder->writer = NULL;
    if (!trace_finish(writer, &error)) {
        give_up(recorder, &error);
        return;
    }
    __atomic_store_n(&recorder->status->records, records, __ATOMIC_RELAXED);
    tell_state(recorder, RECORDER_DONE);
}

static void *map_status(void)
{
    struct recorder_status *status = mmap(NULL, sizeof *status, PROT_READ | PROT_WRITE,
                                          MAP_SHARED, STATUS_DESCRIPTOR, 0);
    return status == MAP_FAILED || status->magic != STATUS_MAGIC ? NULL : status;
}

static char *read_header(void)
{
    size_t room = 1 << 16, used;
    char *text = malloc(room);
    FILE *stream = fopen(STATUS_HEADER, "rb");
    if (text == NULL || stream == NULL) {
        free(text);
        text = NULL;
        goto out;
    }
    used = fread(text, 1, room - 1, stream);
    text[used] = '\0';
out:
    if (stream != NULL)
        fclose(stream);
    return text;
}

/* Roles and regions that the image's notes declare. */
static bool take_regions(struct recorder *recorder)
{
    for (size_t i = 0; i < recorder->image.note_count; i++) {
        const struct image_note *note = &recorder->image.notes[i];
        if (note->note.kind != NOTE_REGION)
            continue;
        uint32_t size = note->note.end - note->note.address, base;
        if (!image_physical(&recorder->image, note->note.address, size, &base))
            return false;
        uint32_t role = note->note.detail & 0xffff;
        if (role == EVENT_ROLE_INSTRUMENT) {
            if (!silence(recorder, base, base + size))
                return false;
            continue;
        }
        struct trace_region region = {.base = base,
                                      .limit = base + size,
                                      .role = (uint8_t)role,
                                      .domain = (uint16_t)(note->note.detail >> 16)};
        memcpy(region.name, note->name, sizeof region.name);
        trace_put_region(recorder->writer, &region);
    }
    return true;
}

static bool begin(struct recorder *recorder, struct cb_error *error)
{
    char *header = read_header();
    if (header == NULL)
        return cb_error_set(error, CB_IO, "cannot read " STATUS_HEADER ": %s",
                            strerror(errno));
    bool done = image_read(&recorder->image, STATUS_KERNEL, error);
    if (done)
        recorder->writer = trace_create(STATUS_TRACE, header, error);
    free(header);
    if (!done || recorder->writer == NULL)
        return false;
    if (!take_regions(recorder))
        return cb_error_set(error, CB_IO, "out of memory");
    return true;
}

__attribute__((visibility("default"))) extern const int qemu_plugin_version;
const int qemu_plugin_version = QEMU_INTERFACE_VERSION;

__attribute__((visibility("default"))) int
qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_plugin_info *info, int argc,
                    char **argv);

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_plugin_info *info,
                        int argc, char **argv)
{
    (void)argc;
    (void)argv;
    struct recorder *recorder = &the_recorder;
    recorder->status = map_status();
    if (recorder->status == NULL)
        return -1; /* not started by our launcher: nobody to tell */
    recorder->attention = ATTEND_CLOSED;
    recorder->generation = GENERATION_STEP;
    recorder->fetch_page = NO_PAGE;
    if (!info->system_emulation || strcmp(info->target_name, "i386") != 0) {
        recorder_fail(recorder, "expected QEMU for the i386 machine, found %s",
                      info->target_name);
        return -1;
    }
    struct cb_error error;
    if (!begin(recorder, &error)) {
        give_up(recorder, &error);
        return -1;
    }
    tell_state(recorder, RECORDER_LOADED);
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    qemu_plugin_register_atexit_cb(id, on_end, recorder);
    return 0;
}
