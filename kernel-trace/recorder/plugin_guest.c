/* plugin_guest.c - guest memory as the recorder sees it: QEMU's own mapping of the
 * guest's RAM, read in place. */
#include "kernel-trace/recorder/plugin.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How QEMU's memory-backend-memfd shows in the list of mappings. */
#define RAM_MAPPING "/memfd:memory-backend-memfd"

#define ENTRY_PRESENT 1u
#define ENTRY_LARGE   0x80u
#define LARGE_MASK    0xffc00000u

/* ---- the guest's memory ---- */

/* The mapping may be split into several neighbours. */
static void find_mapping(struct recorder *recorder, FILE *maps)
{
    char line[512];
    unsigned long long low, high, start = 0, end = 0;
    while (fgets(line, sizeof line, maps) != NULL) {
        if (strstr(line, RAM_MAPPING) == NULL ||
            sscanf(line, "%llx-%llx", &low, &high) != 2)
            continue;
        if (start == 0)
            start = low;
        else if (low != end)
            break;
        end = high;
    }
    if (end - start <= UINT32_MAX) {
        recorder->ram = (uint8_t *)(uintptr_t)start;
        recorder->ram_size = (uint32_t)(end - start);
    }
}

bool guest_find_memory(struct recorder *recorder)
{
    if (recorder->failed)
        return false;
    FILE *maps = fopen("/proc/self/maps", "r");
    if (maps == NULL) {
        recorder_fail(recorder, "cannot read /proc/self/maps: %s", strerror(errno));
        return false;
    }
    find_mapping(recorder, maps);
    fclose(maps);
    if (recorder->ram == NULL) {
        recorder_fail(recorder, "QEMU's mapping of guest memory (" RAM_MAPPING
                                ") is not to be found");
        return false;
    }
    size_t pages = recorder->ram_size / PAGE_BYTES;
    recorder->watches = calloc(pages, sizeof *recorder->watches);
    recorder->space_of_page = calloc(pages, sizeof *recorder->space_of_page);
    if (recorder->watches == NULL || recorder->space_of_page == NULL) {
        recorder_fail(recorder, "out of memory");
        return false;
    }
    guest_watch(recorder, EVENT_WINDOW_PHYSICAL, WATCH_WINDOW);
    return true;
}

bool guest_read(const struct recorder *recorder, uint32_t paddr, uint32_t *word)
{
    if (recorder->ram_size < 4 || paddr > recorder->ram_size - 4)
        return false;
    memcpy(word, recorder->ram + paddr, sizeof *word);
    return true;
}

/* What the page tables in force make of an address. */
bool guest_walk(const struct recorder *recorder, uint32_t vaddr, uint32_t *paddr)
{
    uint32_t entry;
    if (recorder->space == NULL)
        return false;
    uint32_t directory = recorder->space->cr3 & ~PAGE_MASK;
    if (!guest_read(recorder, directory + (vaddr >> 22) * 4, &entry) ||
        !(entry & ENTRY_PRESENT))
        return false;
    if (entry & ENTRY_LARGE) {
        *paddr = (entry & LARGE_MASK) | (vaddr & ~LARGE_MASK);
        return true;
    }
    uint32_t table = entry & ~PAGE_MASK;
    if (!guest_read(recorder, table + (vaddr >> PAGE_SHIFT & 0x3ff) * 4, &entry) ||
        !(entry & ENTRY_PRESENT))
        return false;
    *paddr = (entry & ~PAGE_MASK) | (vaddr & PAGE_MASK);
    return true;
}

/* The kernel maps its image and all memory at one distance; before the first CR3 is known
 * that of its code serves for what lies outside the image. */
static bool by_distance(const struct recorder *recorder, uint32_t vaddr, uint32_t *paddr)
{
    const struct image *image = &recorder->image;
    for (size_t i = image->segment_count; i-- > 0;) {
        const struct image_segment *segment = &image->segments[i];
        if (!segment->executable)
            continue;
        *paddr = vaddr - segment->vaddr + segment->paddr;
        return true;
    }
    return false;
}

bool guest_kernel_physical(const struct recorder *recorder, uint32_t vaddr,
                           uint32_t *paddr)
{
    if (image_physical(&recorder->image, vaddr, 1, paddr))
        return true;
    if (recorder->space != NULL)
        return guest_walk(recorder, vaddr, paddr);
    return by_distance(recorder, vaddr, paddr);
}

bool guest_read_kernel(const struct recorder *recorder, uint32_t vaddr, uint32_t *word)
{
    uint32_t paddr;
    return (vaddr & PAGE_MASK) <= PAGE_BYTES - 4 &&
           guest_kernel_physical(recorder, vaddr, &paddr) &&
           guest_read(recorder, paddr, word);
}

bool guest_kernel_text(const struct recorder *recorder, uint32_t vaddr, char *text,
                       size_t size)
{
    for (size_t i = 0; i < size; i++) {
        uint32_t paddr;
        if (!guest_kernel_physical(recorder, vaddr + (uint32_t)i, &paddr) ||
            paddr >= recorder->ram_size)
            return false;
        text[i] = (char)recorder->ram[paddr];
        if (text[i] == '\0')
            return true;
    }
    return false;
}

/* ---- translations ---- */

void forget_translations(struct recorder *recorder)
{
    recorder->fetch_page = NO_PAGE;
    recorder->generation += GENERATION_STEP;
    if (recorder->generation != 0)
        return;
    memset(recorder->translations, 0, sizeof recorder->translations);
    recorder->generation = GENERATION_STEP;
}

void guest_watch(struct recorder *recorder, uint32_t paddr, enum watch watch)
{
    uint32_t page = paddr >> PAGE_SHIFT;
    if (paddr >= recorder->ram_size || (recorder->watches[page] & watch))
        return;
    recorder->watches[page] |= (uint8_t)watch;
    forget_translations(recorder);
}

/* While recording, QEMU's answer is compared with the page tables that replay will be
 * told of: they differ when the kernel forgot to flush, or a CR3 was loaded unnoted. */
static bool agrees_with_tables(struct recorder *recorder, uint32_t vaddr, uint32_t paddr)
{
    uint32_t walked;
    if (guest_walk(recorder, vaddr, &walked) && walked == paddr)
        return true;
    recorder_fail(recorder,
                  "0x%x was accessed at physical 0x%x, which is not what the page tables "
                  "under CR3 0x%x say",
                  vaddr, paddr, recorder->space->cr3);
    return false;
}

bool translate(struct recorder *recorder, qemu_plugin_meminfo_t access, uint32_t vaddr,
               uint32_t *physical)
{
    uint32_t page = vaddr >> PAGE_SHIFT;
    struct translation *known = &recorder->translations[page % TRANSLATIONS];
    if (known->tag == page + recorder->generation) {
        *physical = known->physical;
        return true;
    }
    const struct qemu_plugin_hwaddr *where = qemu_plugin_get_hwaddr(access, vaddr);
    if (where == NULL) {
        recorder_fail(recorder, "QEMU cannot say where the access to 0x%x went", vaddr);
        return false;
    }
    uint32_t paddr = (uint32_t)qemu_plugin_hwaddr_phys_addr(where);
    *physical = paddr & ~PAGE_MASK;
    if (paddr < recorder->ram_size)
        *physical |= recorder->watches[paddr >> PAGE_SHIFT];
    if (recorder->attention & ATTEND_DROPPING || *physical & WATCH_WINDOW)
        return true; /* it does not count, so it must not tell a table */
    if (!(recorder->attention & ATTEND_CLOSED)) {
        if (!agrees_with_tables(recorder, vaddr, paddr))
            return false;
        put_pending(recorder); /* the table serves its access, not its fetch */
        use_table(recorder, vaddr);
    }
    *known = (struct translation){page + recorder->generation, *physical};
    return true;
}

/* ---- address spaces ---- */

static struct space *add_space(struct recorder *recorder, uint32_t cr3)
{
    struct space **more =
        realloc(recorder->spaces, (recorder->space_count + 1u) * sizeof *more);
    struct space *space = calloc(1, sizeof *space);
    if (more != NULL)
        recorder->spaces = more;
    if (more == NULL || space == NULL || recorder->space_count == UINT16_MAX - 1) {
        free(space);
        recorder_fail(recorder, "out of memory for address space %u",
                      recorder->space_count);
        return NULL;
    }
    space->cr3 = cr3;
    space->number = recorder->space_count;
    recorder->spaces[recorder->space_count++] = space;
    recorder->space_of_page[cr3 >> PAGE_SHIFT] = recorder->space_count;
    guest_watch(recorder, cr3, WATCH_DIRECTORY);
    return space;
}

struct space *space_with(struct recorder *recorder, uint32_t cr3)
{
    if (cr3 >= recorder->ram_size) {
        recorder_fail(recorder, "CR3 is said to be 0x%x, which is outside guest memory",
                      cr3);
        return NULL;
    }
    uint16_t known = recorder->space_of_page[cr3 >> PAGE_SHIFT];
    return known != 0 ? recorder->spaces[known - 1] : add_space(recorder, cr3);
}

static void tell_entry(struct recorder *recorder, uint32_t index, uint32_t entry)
{
    bool large = (entry & ENTRY_LARGE) != 0;
    put_event(recorder, &(struct trace_record){
                            .kind = TRACE_PAGE_TABLE,
                            .detail = large ? TRACE_MAPS_LARGE_PAGE : TRACE_MAPS_TABLE,
                            .code = index,
                            .a = recorder->space->cr3,
                            .b = entry & (large ? LARGE_MASK : ~PAGE_MASK)});
}

/* Tell the page-table page behind an address, or the 4 MB page around it, when it is
 * first used, or another than was told before. */
void use_table(struct recorder *recorder, uint32_t vaddr)
{
    struct space *space = recorder->space;
    uint32_t index = vaddr >> 22;
    if (recorder->cr3_stale) {
        recorder_fail(recorder,
                      "0x%x was accessed after a load of CR3 that no note of the "
                      "kernel tells: expected a space switch at the very next "
                      "instruction",
                      vaddr);
        return;
    }
    if (space->known[index])
        return;
    uint32_t entry;
    uint32_t directory = space->cr3 & ~PAGE_MASK;
    if (!guest_read(recorder, directory + index * 4, &entry) ||
        !(entry & ENTRY_PRESENT)) {
        recorder_fail(recorder, "0x%x was accessed, but is not mapped under CR3 0x%x",
                      vaddr, space->cr3);
        return;
    }
    space->known[index] = true;
    entry &= ~PAGE_MASK | ENTRY_LARGE;
    if (entry == space->entry[index])
        return;
    space->entry[index] = entry;
    tell_entry(recorder, index, entry);
}

void directory_changed(struct recorder *recorder, uint32_t paddr)
{
    uint16_t number = recorder->space_of_page[paddr >> PAGE_SHIFT];
    if (number == 0)
        return;
    recorder->spaces[number - 1]->known[(paddr & PAGE_MASK) / 4] = false;
    forget_translations(recorder);
}
