/* plugin_window.c - the event window: what the kernel says off the path. */
#include "kernel-trace/recorder/plugin.h"

#include <string.h>

_Static_assert(EVENT_ROLE_IDLE == (int)TRACE_IDLE && TRACE_ROLES == TRACE_IDLE + 1,
               "the roles of events.h are those of trace.h");
_Static_assert(EVENT_DOMAIN_CURRENT == TRACE_DOMAIN_CURRENT, "and so is their owner");

static bool read_name(struct recorder *recorder, uint32_t vaddr, char *name)
{
    if (guest_kernel_text(recorder, vaddr, name, TRACE_NAME_SIZE))
        return true;
    recorder_fail(recorder, "a name at 0x%x is not mapped, or longer than %d bytes",
                  vaddr, TRACE_NAME_SIZE - 1);
    return false;
}

/* A limit of 0 is the end of the address space. */
static uint64_t limit_of(uint32_t limit)
{
    return limit == 0 ? (uint64_t)1 << 32 : limit;
}

static void declare_domain(struct recorder *recorder, const uint32_t *argument)
{
    struct trace_domain domain = {.id = (uint16_t)argument[0],
                                  .kind = (uint8_t)argument[1],
                                  .base = argument[2],
                                  .limit = limit_of(argument[3])};
    if (argument[0] >= TRACE_DOMAIN_CURRENT || argument[1] >= TRACE_DOMAIN_KINDS ||
        domain.limit <= domain.base) {
        recorder_fail(recorder,
                      "the kernel declares domain %u of kind %u from 0x%x to 0x%x",
                      argument[0], argument[1], argument[2], argument[3]);
        return;
    }
    if (read_name(recorder, argument[4], domain.name))
        trace_put_domain(recorder->writer, &domain);
}

static void declare_region(struct recorder *recorder, const uint32_t *argument)
{
    struct trace_region region = {.base = argument[0],
                                  .limit = argument[1],
                                  .role = (uint8_t)argument[2],
                                  .domain = (uint16_t)argument[3]};
    bool instrument = argument[2] == EVENT_ROLE_INSTRUMENT;
    if (region.limit <= region.base || region.limit > recorder->ram_size ||
        argument[3] > TRACE_DOMAIN_CURRENT ||
        (argument[2] >= TRACE_ROLES && !instrument)) {
        recorder_fail(recorder,
                      "the kernel declares a region from 0x%x to 0x%x of role %u "
                      "and domain %u",
                      argument[0], argument[1], argument[2], argument[3]);
        return;
    }
    if (instrument) {
        if (!silence(recorder, argument[0], argument[1]))
            recorder_fail(recorder, "out of memory");
        return;
    }
    if (read_name(recorder, argument[4], region.name))
        trace_put_region(recorder->writer, &region);
}

static bool table_at(struct recorder *recorder, uint32_t vaddr, const char *which,
                     uint64_t *linear, uint64_t *physical)
{
    uint32_t paddr;
    if (!guest_kernel_physical(recorder, vaddr, &paddr) || paddr >= recorder->ram_size) {
        recorder_fail(recorder, "the %s at 0x%x is not mapped", which, vaddr);
        return false;
    }
    *linear = vaddr;
    *physical = paddr;
    return true;
}

static void declare_tables(struct recorder *recorder, const uint32_t *argument)
{
    struct trace_tables *tables = &recorder->tables;
    if (!table_at(recorder, argument[0], "IDT", &tables->idt, &tables->idt_physical) ||
        !table_at(recorder, argument[1], "GDT", &tables->gdt, &tables->gdt_physical) ||
        !table_at(recorder, argument[2], "TSS", &tables->tss, &tables->tss_physical))
        return;
    tables->kernel_cs = (uint16_t)argument[3];
    tables->kernel_ss = (uint16_t)argument[4];
    guest_watch(recorder, (uint32_t)tables->idt_physical, WATCH_GATES);
    guest_watch(recorder, (uint32_t)tables->idt_physical + 256 * 8 - 1, WATCH_GATES);
    trace_put_tables(recorder->writer, tables);
}

static void start(struct recorder *recorder, uint32_t cr3)
{
    if (recorder->started) {
        recorder_fail(recorder, "the guest starts the recording a second time");
        return;
    }
    if (recorder->tables.tss == 0) {
        recorder_fail(recorder,
                      "the guest starts the recording before it has declared its "
                      "descriptor tables");
        return;
    }
    struct space *space = space_with(recorder, cr3);
    if (space == NULL)
        return;
    recorder->space = space;
    recorder->cr3_stale = false;
    recorder->started = true;
    recorder->attention &= ~(uint32_t)ATTEND_CLOSED;
    forget_translations(recorder);
    trace_put_state(recorder->writer, recorder->thread, recorder->domain, space->number,
                    recorder->user);
    put_event(recorder, &(struct trace_record){.kind = TRACE_SPACE_SWITCH,
                                               .detail = TRACE_HOW_NONE,
                                               .a = cr3,
                                               .b = space->number});
    __atomic_store_n(&recorder->status->state, RECORDER_STARTED, __ATOMIC_RELEASE);
}

static void set_thread(struct recorder *recorder, const uint32_t *argument)
{
    if (recorder->started || argument[1] >= TRACE_DOMAIN_CURRENT) {
        recorder_fail(recorder,
                      "the guest names thread %u of domain %u as the one that "
                      "runs: expected that once, before the start",
                      argument[0], argument[1]);
        return;
    }
    recorder->thread = argument[0];
    recorder->domain = (uint16_t)argument[1];
}

static void set_phase(struct recorder *recorder, uint32_t phase)
{
    if (phase > TRACE_PHASE_MEASURED) {
        recorder_fail(recorder, "the guest begins phase %u, which does not exist", phase);
        return;
    }
    put_event(recorder,
              &(struct trace_record){.kind = TRACE_PHASE, .detail = (uint8_t)phase});
}

static void commit(struct recorder *recorder, uint32_t code)
{
    const uint32_t *argument = recorder->arguments;
    switch (code) {
    case EVENT_START:
        start(recorder, argument[0]);
        break;
    case EVENT_STOP:
        recorder->attention |= ATTEND_CLOSED;
        break;
    case EVENT_DOMAIN:
        declare_domain(recorder, argument);
        break;
    case EVENT_REGION:
        declare_region(recorder, argument);
        break;
    case EVENT_TABLES:
        declare_tables(recorder, argument);
        break;
    case EVENT_PHASE:
        set_phase(recorder, argument[0]);
        break;
    case EVENT_REQUEST_BEGIN:
        put_event(recorder,
                  &(struct trace_record){.kind = TRACE_REQUEST_BEGIN, .a = argument[0]});
        break;
    case EVENT_REQUEST_END:
        put_event(recorder,
                  &(struct trace_record){.kind = TRACE_REQUEST_END, .a = argument[0]});
        break;
    case EVENT_THREAD:
        set_thread(recorder, argument);
        break;
    default:
        recorder_fail(recorder, "the guest commits event %u, which does not exist", code);
        break;
    }
}

void window_store(struct recorder *recorder, uint32_t paddr, uint32_t size)
{
    uint32_t value, offset = paddr & PAGE_MASK;
    if (!recorder->in_kernel_image)
        return; /* the page is anyone's memory until the kernel claims it */
    bool seen = !(recorder->attention & (ATTEND_CLOSED | ATTEND_DROPPING)) &&
                recorder->pending == NULL;
    if (seen) {
        recorder_fail(recorder,
                      "an instruction that stores to the event window touches other "
                      "memory as well: expected a plain store");
        return;
    }
    recorder->pending = NULL;
    recorder->attention |= ATTEND_DROPPING;
    if (size != 4 || offset % 4 != 0 || !guest_read(recorder, paddr, &value)) {
        recorder_fail(recorder,
                      "a store of %u bytes to the event window: expected a 32-bit "
                      "word",
                      size);
        return;
    }
    if (offset < 4 * EVENT_ARGUMENTS)
        recorder->arguments[offset / 4] = value;
    else if (offset == EVENT_COMMIT)
        commit(recorder, value);
}
