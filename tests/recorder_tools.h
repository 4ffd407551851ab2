/* recorder_tools.h - for tests of the recorder: a small kernel image to damage. */
#ifndef CROSSBILL_RECORDER_TOOLS_H
#define CROSSBILL_RECORDER_TOOLS_H

#include "test.h"

#include "kernel-trace/events.h"

#include <elf.h>

/* An image whose one segment is code and data: IMAGE_SIZE bytes at virtual IMAGE_VIRTUAL
 * and physical IMAGE_PHYSICAL. Its symbol table names address IMAGE_VIRTUAL "first". */
#define IMAGE_VIRTUAL  0xc0100000u
#define IMAGE_PHYSICAL 0x00100000u
#define IMAGE_SIZE     0x1000u
#define IMAGE_NOTES    8

struct test_image {
    Elf32_Ehdr header;
    Elf32_Phdr program;
    Elf32_Shdr section[5]; /* none, .crossbill, names, symbols, their names */
    char names[40];
    Elf32_Sym symbol[2];
    char strings[8];
    struct event_note note[IMAGE_NOTES];
    uint8_t content[16]; /* of the segment: the rest of it is zero */
};

void image_make(struct test_image *image, const struct event_note *notes, size_t count);
/* Write the first `size` bytes of it (at most all) to a file. */
void image_spill(const struct test_image *image, size_t size, const char *path);

#endif
