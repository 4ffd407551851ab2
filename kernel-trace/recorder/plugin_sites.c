/* plugin_sites.c - code locations. QEMU translates the same code again and again; a site
 * is kept once for each (address, physical address, bytes), so that it can be handed to
 * the callbacks and carry the location's number in the trace. */
#include "kernel-trace/recorder/plugin.h"

#include <stdlib.h>
#include <string.h>

static bool is_silent(const struct recorder *recorder, uint32_t paddr)
{
    for (size_t i = 0; i < recorder->silence_count; i++)
        if (paddr >= recorder->silences[i].base && paddr < recorder->silences[i].limit)
            return true;
    return false;
}

/* invlpg, or a load of a control register. */
static uint32_t translation_flags(const uint8_t *bytes, uint8_t length)
{
    if (length < 3 || bytes[0] != 0x0f)
        return 0;
    if (bytes[1] == 0x22)
        return SITE_FORGETS | ((bytes[2] >> 3 & 7) == 3 ? SITE_LOADS_CR3 : 0u);
    if (bytes[1] == 0x01 && bytes[2] < 0xc0 && (bytes[2] >> 3 & 7) == 7)
        return SITE_FORGETS;
    return 0;
}

static void describe(struct recorder *recorder, struct site *site)
{
    const struct image_note *first;
    size_t count = image_notes_at(&recorder->image, site->vaddr, &first);
    uint32_t paddr;
    bool of_kernel = count > 0 &&
                     image_physical(&recorder->image, site->vaddr, 1, &paddr) &&
                     paddr == site->paddr;
    if (of_kernel) {
        site->notes = first;
        site->note_count = (uint32_t)count;
        for (size_t i = 0; i < count; i++)
            if (first[i].note.kind != NOTE_REGION)
                site->flags |= SITE_NOTED;
    }
    site->flags |= translation_flags(site->bytes, site->length);
    if ((site->vaddr & PAGE_MASK) + site->length > PAGE_BYTES)
        site->flags |= SITE_SPLIT;
    if (site->flags & SITE_FOREIGN)
        return;
    if (is_silent(recorder, site->paddr))
        site->flags |= SITE_SILENT;
    if (!recorder->in_kernel_image)
        recorder->in_kernel_image = image_holds_code(&recorder->image, site->paddr);
}

static bool same_place(const struct site *a, const struct site *b)
{
    return a->vaddr == b->vaddr && a->paddr == b->paddr && a->length == b->length &&
           ((a->flags ^ b->flags) & SITE_FOREIGN) == 0 &&
           memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static void locate(const struct recorder *recorder, struct site *site,
                   const struct qemu_plugin_insn *instruction)
{
    const uint8_t *host = qemu_plugin_insn_haddr(instruction);
    if (host == NULL || host < recorder->ram ||
        host >= recorder->ram + recorder->ram_size)
        site->flags |= SITE_FOREIGN;
    else
        site->paddr = (uint32_t)(host - recorder->ram);
}

struct site *site_of(struct recorder *recorder, struct qemu_plugin_insn *instruction)
{
    struct site key = {.flags = SITE_NEW,
                       .vaddr = (uint32_t)qemu_plugin_insn_vaddr(instruction)};
    size_t length = qemu_plugin_insn_size(instruction);
    key.length = (uint8_t)(length < sizeof key.bytes ? length : sizeof key.bytes);
    memcpy(key.bytes, qemu_plugin_insn_data(instruction), key.length);
    locate(recorder, &key, instruction);

    uint32_t bucket = (key.vaddr * 0x9e3779b1u ^ key.paddr * 0x85ebca6bu) >> 16;
    struct site **head = &recorder->sites.buckets[bucket % SITE_BUCKETS];
    for (struct site *site = *head; site != NULL; site = site->next)
        if (same_place(site, &key))
            return site;
    struct site *site = malloc(sizeof *site);
    if (site == NULL) {
        recorder_fail(recorder, "out of memory");
        return NULL;
    }
    *site = key;
    describe(recorder, site);
    site->next = *head;
    *head = site;
    return site;
}

void site_number(struct recorder *recorder, struct site *site)
{
    site->code = trace_put_code(recorder->writer, site->vaddr, site->paddr, site->bytes,
                                site->length);
    site->flags &= ~(uint32_t)SITE_NEW;
}

bool silence(struct recorder *recorder, uint32_t base, uint32_t limit)
{
    struct region_of_silence *more =
        realloc(recorder->silences, (recorder->silence_count + 1) * sizeof *more);
    if (more == NULL)
        return false;
    recorder->silences = more;
    more[recorder->silence_count++] = (struct region_of_silence){base, limit};
    for (size_t i = 0; i < SITE_BUCKETS; i++)
        for (struct site *site = recorder->sites.buckets[i]; site; site = site->next)
            if (!(site->flags & SITE_FOREIGN) && site->paddr >= base &&
                site->paddr < limit)
                site->flags |= SITE_SILENT;
    return true;
}
