#include "recorder_tools.h"

#include "trace_tools.h"

#define PLACE(field) ((Elf32_Off)offsetof(struct test_image, field))

static const char section_names[] = "\0.crossbill\0.shstrtab\0.symtab\0.strtab";

void image_make(struct test_image *image, const struct event_note *notes, size_t count)
{
    assert_true(count <= IMAGE_NOTES);
    *image = (struct test_image){
        .header = {.e_type = ET_EXEC,
                   .e_machine = EM_386,
                   .e_phoff = PLACE(program),
                   .e_shoff = PLACE(section),
                   .e_phentsize = sizeof(Elf32_Phdr),
                   .e_phnum = 1,
                   .e_shentsize = sizeof(Elf32_Shdr),
                   .e_shnum = 5,
                   .e_shstrndx = 2},
        .program = {.p_type = PT_LOAD,
                    .p_offset = PLACE(content),
                    .p_vaddr = IMAGE_VIRTUAL,
                    .p_paddr = IMAGE_PHYSICAL,
                    .p_filesz = sizeof image->content,
                    .p_memsz = IMAGE_SIZE,
                    .p_flags = PF_R | PF_X},
        .section = {[1] = {.sh_name = 1,
                           .sh_type = SHT_PROGBITS,
                           .sh_offset = PLACE(note),
                           .sh_size = (Elf32_Word)(count * sizeof *notes)},
                    [2] = {.sh_name = 12,
                           .sh_type = SHT_STRTAB,
                           .sh_offset = PLACE(names),
                           .sh_size = sizeof section_names},
                    [3] = {.sh_name = 22,
                           .sh_type = SHT_SYMTAB,
                           .sh_offset = PLACE(symbol),
                           .sh_size = sizeof image->symbol},
                    [4] = {.sh_name = 30,
                           .sh_type = SHT_STRTAB,
                           .sh_offset = PLACE(strings),
                           .sh_size = sizeof image->strings}},
        .symbol = {[1] = {.st_name = 1, .st_value = IMAGE_VIRTUAL, .st_shndx = 1}},
        .strings = "\0first"};
    memcpy(image->header.e_ident, ELFMAG, SELFMAG);
    image->header.e_ident[EI_CLASS] = ELFCLASS32;
    image->header.e_ident[EI_DATA] = ELFDATA2LSB;
    memcpy(image->names, section_names, sizeof section_names);
    memcpy(image->note, notes, count * sizeof *notes);
}

void image_spill(const struct test_image *image, size_t size, const char *path)
{
    assert_true(size <= sizeof *image);
    spill(path, (const uint8_t *)image, size);
}
