#include "kernel-trace/recorder/image.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOTES_SECTION ".crossbill"
#define LARGEST_IMAGE (256u << 20)

/* The file in memory while it is taken apart. */
struct elf_file {
    uint8_t *bytes;
    size_t size;
    const Elf32_Ehdr *header;
    const Elf32_Shdr *sections;
    const char *section_names;
    uint32_t section_names_size;
};

/* ---- the file ---- */

static bool read_file(struct elf_file *file, const char *path, struct cb_error *error)
{
    bool done = false;
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        return cb_error_set(error, CB_IO, "cannot open the kernel image: %s",
                            strerror(errno));
    long size;
    if (fseek(stream, 0, SEEK_END) != 0 || (size = ftell(stream)) < 0 ||
        fseek(stream, 0, SEEK_SET) != 0) {
        cb_error_set(error, CB_IO, "cannot read the kernel image: %s", strerror(errno));
        goto out;
    }
    if (size == 0 || (unsigned long)size > LARGEST_IMAGE) {
        cb_error_set(error, CB_IO, "expected a kernel image of 1 to %u bytes, found %ld",
                     LARGEST_IMAGE, size);
        goto out;
    }
    file->size = (size_t)size;
    file->bytes = malloc(file->size);
    if (file->bytes == NULL || fread(file->bytes, 1, file->size, stream) != file->size) {
        cb_error_set(error, CB_IO, "cannot read the kernel image: %s", strerror(errno));
        goto out;
    }
    done = true;
out:
    fclose(stream);
    return done;
}

/* `count` entries of `entry` bytes at `offset`; NULL when they are not in the file or not
 * aligned as their C type wants it. */
static const void *in_file(const struct elf_file *file, uint32_t offset, uint32_t count,
                           size_t entry)
{
    uint64_t end = (uint64_t)offset + (uint64_t)count * entry;
    if (end > file->size || offset % 4 != 0)
        return NULL;
    return file->bytes + offset;
}

static bool check_header(struct elf_file *file, struct cb_error *error)
{
    file->header = in_file(file, 0, 1, sizeof *file->header);
    const Elf32_Ehdr *header = file->header;
    if (header == NULL || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
        return cb_error_set(error, CB_IO, "expected an ELF file, found something else");
    if (header->e_ident[EI_CLASS] != ELFCLASS32 ||
        header->e_ident[EI_DATA] != ELFDATA2LSB || header->e_machine != EM_386 ||
        header->e_type != ET_EXEC)
        return cb_error_set(error, CB_IO, "expected an executable for 32-bit ia32");
    if (header->e_phentsize != sizeof(Elf32_Phdr) || header->e_phnum == 0)
        return cb_error_set(error, CB_IO, "expected program headers, found none");
    if (header->e_shentsize != sizeof(Elf32_Shdr) || header->e_shnum == 0)
        return cb_error_set(error, CB_IO,
                            "expected section headers, found none: has the "
                            "image been stripped?");
    return true;
}

static bool find_sections(struct elf_file *file, struct cb_error *error)
{
    const Elf32_Ehdr *header = file->header;
    file->sections = in_file(file, header->e_shoff, header->e_shnum, sizeof(Elf32_Shdr));
    if (file->sections == NULL || header->e_shstrndx >= header->e_shnum)
        return cb_error_set(error, CB_IO, "the section headers lie outside the file");
    const Elf32_Shdr *names = &file->sections[header->e_shstrndx];
    if ((uint64_t)names->sh_offset + names->sh_size > file->size || names->sh_size == 0 ||
        file->bytes[names->sh_offset + names->sh_size - 1] != '\0')
        return cb_error_set(error, CB_IO, "the section names lie outside the file");
    file->section_names = (const char *)file->bytes + names->sh_offset;
    file->section_names_size = names->sh_size;
    return true;
}

static const Elf32_Shdr *section_named(const struct elf_file *file, const char *name)
{
    for (unsigned i = 0; i < file->header->e_shnum; i++) {
        uint32_t at = file->sections[i].sh_name;
        if (at < file->section_names_size && strcmp(file->section_names + at, name) == 0)
            return &file->sections[i];
    }
    return NULL;
}

/* ---- segments ---- */

static bool read_segments(struct image *image, const struct elf_file *file,
                          struct cb_error *error)
{
    const Elf32_Ehdr *header = file->header;
    const Elf32_Phdr *programs =
        in_file(file, header->e_phoff, header->e_phnum, sizeof *programs);
    if (programs == NULL)
        return cb_error_set(error, CB_IO, "the program headers lie outside the file");
    image->segments = calloc(header->e_phnum, sizeof *image->segments);
    if (image->segments == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    for (unsigned i = 0; i < header->e_phnum; i++) {
        const Elf32_Phdr *program = &programs[i];
        if (program->p_type != PT_LOAD || program->p_memsz == 0)
            continue;
        if ((uint64_t)program->p_offset + program->p_filesz > file->size ||
            program->p_filesz > program->p_memsz ||
            (uint64_t)program->p_vaddr + program->p_memsz > UINT32_MAX ||
            (uint64_t)program->p_paddr + program->p_memsz > UINT32_MAX)
            return cb_error_set(error, CB_IO,
                                "program header %u does not fit: the image "
                                "is cut short or damaged",
                                i);
        image->segments[image->segment_count++] =
            (struct image_segment){.vaddr = program->p_vaddr,
                                   .paddr = program->p_paddr,
                                   .size = program->p_memsz,
                                   .executable = (program->p_flags & PF_X) != 0};
    }
    return true;
}

static const struct image_segment *segment_of(const struct image *image, uint32_t vaddr,
                                              uint32_t bytes)
{
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct image_segment *segment = &image->segments[i];
        if (vaddr >= segment->vaddr && bytes <= segment->size &&
            vaddr - segment->vaddr <= segment->size - bytes)
            return segment;
    }
    return NULL;
}

bool image_physical(const struct image *image, uint32_t vaddr, uint32_t bytes,
                    uint32_t *paddr)
{
    const struct image_segment *segment = segment_of(image, vaddr, bytes);
    if (segment == NULL)
        return false;
    *paddr = vaddr - segment->vaddr + segment->paddr;
    return true;
}

bool image_holds_code(const struct image *image, uint32_t paddr)
{
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct image_segment *segment = &image->segments[i];
        if (segment->executable && paddr - segment->paddr < segment->size)
            return true;
    }
    return false;
}

/* ---- notes ---- */

static const char *region_fault(const struct event_note *note, const struct image *image)
{
    uint32_t role = note->detail & 0xffff;
    if (role >= TRACE_ROLES && role != EVENT_ROLE_INSTRUMENT)
        return "has a role that does not exist";
    if (note->end <= note->address)
        return "is a region that ends before it begins";
    if (segment_of(image, note->address, note->end - note->address) == NULL)
        return "is a region outside the loaded image";
    return NULL;
}

static const char *detail_fault(const struct event_note *note)
{
    uint32_t low = note->detail & 0xff;
    switch (note->kind) {
    case NOTE_CROSSING_IN:
        if (low > TRACE_CAUSE_INTERRUPT)
            return "has a cause that does not exist";
        return note->detail >> 24 != 0 || (note->detail >> 16) % 4 != 0
                   ? "pushes a number of bytes that no trap pushes"
                   : NULL;
    case NOTE_CROSSING_OUT:
        return note->detail > TRACE_EXIT_SYSEXIT ? "has an exit that does not exist"
                                                 : NULL;
    case NOTE_SPACE_SWITCH:
        return note->detail > TRACE_HOW_SEGMENT ? "switches in a way that does not exist"
                                                : NULL;
    case NOTE_IPC_SEND:
        return note->detail > TRACE_IPC_IS_SEND ? "sends in a way that does not exist"
                                                : NULL;
    default:
        return NULL;
    }
}

static const char *operand_fault(const struct event_operand *operand,
                                 const struct image *image)
{
    switch (operand->how) {
    case OPERAND_CONSTANT:
        return NULL;
    case OPERAND_WORD:
    case OPERAND_DEREF:
        return segment_of(image, operand->address, 4) == NULL
                   ? "has an operand outside the loaded image"
                   : NULL;
    default:
        return "has an operand of a kind that does not exist";
    }
}

/* NULL when the note is sound, else what is wrong with it. */
static const char *note_fault(const struct event_note *note, const struct image *image)
{
    if (note->kind == NOTE_REGION)
        return region_fault(note, image);
    if (note->kind < NOTE_REGION || note->kind > NOTE_IPC_RECEIVE)
        return "is of a kind that does not exist";
    const struct image_segment *segment = segment_of(image, note->address, 1);
    if (segment == NULL || !segment->executable)
        return "stands at an address that is no code";
    const char *fault = detail_fault(note);
    for (int i = 0; fault == NULL && i < 2; i++)
        fault = operand_fault(&note->operand[i], image);
    return fault;
}

static int by_address(const void *left, const void *right)
{
    const struct image_note *a = left, *b = right;
    if (a->note.address != b->note.address)
        return a->note.address < b->note.address ? -1 : 1;
    /* The file's order, which the caller has left in `name` for us. */
    return memcmp(a->name, b->name, sizeof(uint32_t));
}

/* Sort by address, and keep the file's order among notes at one address: qsort alone
 * would not. */
static void sort_notes(struct image *image)
{
    for (size_t i = 0; i < image->note_count; i++) {
        uint32_t order = __builtin_bswap32((uint32_t)i);
        memcpy(image->notes[i].name, &order, sizeof order);
    }
    qsort(image->notes, image->note_count, sizeof *image->notes, by_address);
    for (size_t i = 0; i < image->note_count; i++)
        image->notes[i].name[0] = '\0';
}

static bool read_notes(struct image *image, const struct elf_file *file,
                       struct cb_error *error)
{
    const Elf32_Shdr *section = section_named(file, NOTES_SECTION);
    if (section == NULL || section->sh_size == 0)
        return cb_error_set(error, CB_IO,
                            "expected a section " NOTES_SECTION
                            " with notes for the recorder, found none");
    if (section->sh_size % sizeof(struct event_note) != 0)
        return cb_error_set(error, CB_IO,
                            "the section " NOTES_SECTION " has %u bytes, which is no "
                            "multiple of a note's %zu",
                            section->sh_size, sizeof(struct event_note));
    size_t count = section->sh_size / sizeof(struct event_note);
    if (section->sh_type == SHT_NOBITS ||
        (uint64_t)section->sh_offset + section->sh_size > file->size)
        return cb_error_set(error, CB_IO,
                            "the section " NOTES_SECTION " lies outside the file");
    image->notes = calloc(count, sizeof *image->notes);
    if (image->notes == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    for (size_t i = 0; i < count; i++) {
        /* The section need not be aligned. */
        struct event_note *note = &image->notes[i].note;
        memcpy(note, file->bytes + section->sh_offset + i * sizeof *note, sizeof *note);
        const char *fault = note_fault(note, image);
        if (fault != NULL)
            return cb_error_set(error, CB_IO, "note %zu of section " NOTES_SECTION " %s",
                                i, fault);
    }
    image->note_count = count;
    sort_notes(image);
    return true;
}

size_t image_notes_at(const struct image *image, uint32_t vaddr,
                      const struct image_note **first)
{
    size_t low = 0, high = image->note_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (image->notes[middle].note.address < vaddr)
            low = middle + 1;
        else
            high = middle;
    }
    *first = &image->notes[low];
    while (high < image->note_count && image->notes[high].note.address == vaddr)
        high++;
    return high - low;
}

/* ---- names ---- */

/* Give the notes at a symbol's address its name; the first symbol wins. */
static void name_notes(struct image *image, uint32_t address, const char *name)
{
    const struct image_note *first;
    size_t count = image_notes_at(image, address, &first);
    for (size_t i = 0; i < count; i++) {
        struct image_note *note = &image->notes[(size_t)(first - image->notes) + i];
        if (note->name[0] == '\0')
            snprintf(note->name, sizeof note->name, "%s", name);
    }
}

/* Names are a convenience: a symbol table that is missing or damaged leaves them out. */
static void read_names(struct image *image, const struct elf_file *file)
{
    const Elf32_Shdr *table = section_named(file, ".symtab");
    const Elf32_Shdr *strings = section_named(file, ".strtab");
    if (table == NULL || strings == NULL || strings->sh_size == 0 ||
        (uint64_t)strings->sh_offset + strings->sh_size > file->size)
        return;
    const char *text = (const char *)file->bytes + strings->sh_offset;
    uint32_t count = table->sh_size / (uint32_t)sizeof(Elf32_Sym);
    const Elf32_Sym *symbols = in_file(file, table->sh_offset, count, sizeof(Elf32_Sym));
    if (symbols == NULL || text[strings->sh_size - 1] != '\0')
        return;
    for (uint32_t i = 0; i < count; i++) {
        unsigned type = ELF32_ST_TYPE(symbols[i].st_info);
        if (type != STT_SECTION && type != STT_FILE && symbols[i].st_shndx != SHN_UNDEF &&
            symbols[i].st_name < strings->sh_size)
            name_notes(image, symbols[i].st_value, text + symbols[i].st_name);
    }
}

bool image_read(struct image *image, const char *path, struct cb_error *error)
{
    *image = (struct image){0};
    struct elf_file file = {0};
    bool done = read_file(&file, path, error) && check_header(&file, error) &&
                find_sections(&file, error) && read_segments(image, &file, error) &&
                read_notes(image, &file, error);
    if (done)
        read_names(image, &file);
    else
        cb_error_in(error, path);
    free(file.bytes);
    if (!done)
        image_free(image);
    return done;
}

void image_free(struct image *image)
{
    free(image->segments);
    free(image->notes);
    *image = (struct image){0};
}
