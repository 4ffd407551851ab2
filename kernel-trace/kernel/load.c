/* load.c - make a domain and put a program into it: image, stack, arena. */
#include "kernel-trace/events.h"
#include "kernel-trace/kernel/kernel.h"

static uint32_t domain_count = 1; /* 0 is the kernel */

/* A domain whose segments will reach `limit` bytes. 0: no room. */
uint32_t domain_create(const char *name, bool small, uint32_t limit)
{
    static uint32_t windows;
    uint32_t number = domain_count;
    if (number == DOMAINS ||
        (small && (windows == SMALL_WINDOWS || limit > SMALL_WINDOW)))
        return 0;
    struct domain *domain = &domains[number];
    domain->name = name;
    domain->small = small;
    if (small) {
        domain->base = SMALL_BASE + windows++ * SMALL_WINDOW;
        domain->limit = limit;
        domain->directory = (uint32_t)kernel_directory - KERNEL_BASE;
        if (!window_create(domain->base))
            return 0;
    } else {
        domain->limit = LARGE_LIMIT;
        domain->directory = directory_create();
        if (!domain->directory)
            return 0;
    }
    domain_count++;
    return number;
}

/* A domain that lives in another's space: between linear addresses base and limit. */
uint32_t extension_create(const char *name, uint32_t base, uint32_t limit)
{
    if (domain_count == DOMAINS)
        return 0;
    domains[domain_count] = (struct domain){
        .name = name, .extension = true, .base = base, .limit = limit - base};
    return domain_count++;
}

static uint32_t pages_up(uint32_t bytes)
{
    return (bytes + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1u);
}

/* The arena begins behind image, guard and stack. */
uint32_t program_arena(const void *image)
{
    const struct program_header *header = image;
    return pages_up(header->limit) + (1 + STACK_PAGES) * PAGE_SIZE;
}

static bool map_pages(const struct domain *domain, uint32_t address, uint32_t limit,
                      uint32_t frame, uint32_t read_only, uint32_t read_only_limit)
{
    for (; address < limit; address += PAGE_SIZE, frame += PAGE_SIZE)
        if (!map(domain, address, frame,
                 address < read_only || address >= read_only_limit))
            return false;
    return true;
}

/* Tell the recorder of the domain and its code. `fs` is the domain of the file service's
 * work, if that is another. */
void declare_program(uint32_t number, uint32_t fs)
{
    const char *name = domains[number].name;
    uint32_t frame = domains[number].image;
    const struct program_header *header = physical(frame);
    uint32_t at = frame - USER_BASE; /* of user address 0, if it were there */

    declare_domain(number);
    declare_region(frame, frame + PAGE_SIZE, EVENT_ROLE_INSTRUMENT, number, name);
    declare_region(frame + PAGE_SIZE, at + header->work_limit, EVENT_ROLE_WORK, number,
                   name);
    declare_region(at + header->work_limit, at + header->fs_limit, EVENT_ROLE_WORK,
                   fs ? fs : number, "fs");
    declare_region(at + header->fs_limit, at + header->text_limit, EVENT_ROLE_BINDING,
                   number, name);
}

struct launch *launch_of(uint32_t number)
{
    return physical(domains[number].image + LAUNCH_OFFSET);
}

/* The program's first thread, not yet ready. NULL: no memory or no thread is left, or
 * the image is none. The image's whole frames adjoin, so that regions by physical address
 * are one piece. */
struct thread *program_start(uint32_t number, const void *image, uint32_t image_bytes,
                             const struct launch *launch)
{
    const struct program_header *header = image;
    struct domain *domain = &domains[number];
    uint32_t limit = pages_up(header->limit);
    if (header->magic != PROGRAM_MAGIC || image_bytes > limit - USER_BASE)
        return NULL;

    uint32_t stack = limit + PAGE_SIZE;
    uint32_t arena = program_arena(image);
    uint32_t image_frame = page_allocate((limit - USER_BASE) / PAGE_SIZE);
    uint32_t rest_pages =
        STACK_PAGES + (launch->demand ? 0 : launch->arena_pages + launch->disk_pages);
    uint32_t rest_frame = page_allocate(rest_pages);
    if (!image_frame || !rest_frame)
        return NULL;
    memcpy(physical(image_frame), image, image_bytes);
    domain->image = image_frame;
    *launch_of(number) = *launch;
    launch_of(number)->arena = arena;

    if (!map_pages(domain, USER_BASE, limit, image_frame, USER_BASE + PAGE_SIZE,
                   header->writable) ||
        !map_pages(domain, stack, stack + rest_pages * PAGE_SIZE, rest_frame, 0, 0))
        return NULL;
    frames_give(image_frame, (limit - USER_BASE) / PAGE_SIZE, number);
    frames_give(rest_frame, rest_pages, number);
    if (domain->announces && !map(domain, USER_EVENT_PAGE, EVENT_WINDOW_PHYSICAL, true))
        return NULL;
    return thread_create(number, header->entry, arena);
}
