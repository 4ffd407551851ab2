/* image.h - the kernel's ELF file: where it is loaded, and the notes for the recorder.
 *
 * The notes are those of kernel-trace/events.h, checked one by one: whoever holds a
 * `struct image` need not ask again whether a role exists or an operand lies in memory.
 */
#ifndef CROSSBILL_IMAGE_H
#define CROSSBILL_IMAGE_H

#include "kernel-trace/events.h"
#include "traces/trace.h"

struct image_segment {
    uint32_t vaddr, paddr;
    uint32_t size; /* in memory */
    bool executable;
};

struct image_note {
    struct event_note note;
    char name[TRACE_NAME_SIZE]; /* the symbol at its address; "" when there is none */
};

struct image {
    struct image_segment *segments;
    size_t segment_count;
    struct image_note *notes; /* by address, then in the file's order */
    size_t note_count;
};

/* Read and check the file. CB_IO when it cannot be read or is no kernel with notes.
 * On failure there is nothing to free. */
bool image_read(struct image *image, const char *path, struct cb_error *error);
void image_free(struct image *image);

/* Physical address of `bytes` bytes at a kernel virtual address, by the program headers.
 * False when they lie in no loaded segment. */
bool image_physical(const struct image *image, uint32_t vaddr, uint32_t bytes,
                    uint32_t *paddr);

/* Is there executable code of the image at this physical address? */
bool image_holds_code(const struct image *image, uint32_t paddr);

/* The notes at this address: their number, and the first through `first`. */
size_t image_notes_at(const struct image *image, uint32_t vaddr,
                      const struct image_note **first);

#endif
