/* The kernel's image: notes are read as they stand, and whatever is wrong with a file is
 * said in one sentence. */
#include "../recorder_tools.h"
#include "../trace_tools.h"
#include "kernel-trace/recorder/image.h"

static const struct event_note notes[] = {
    {.kind = NOTE_CROSSING_OUT, .address = IMAGE_VIRTUAL + 8},
    {.kind = NOTE_REGION,
     .address = IMAGE_VIRTUAL,
     .end = IMAGE_VIRTUAL + 0x20,
     .detail = EVENT_ROLE_KERNEL_PATH | 3u << 16},
    {.kind = NOTE_CROSSING_IN,
     .address = IMAGE_VIRTUAL,
     .detail = TRACE_CAUSE_CALL | 0x30u << 8 | 20u << 16},
    {.kind = NOTE_THREAD_SWITCH,
     .address = IMAGE_VIRTUAL + 4,
     .operand = {{OPERAND_WORD, IMAGE_VIRTUAL + 0xffc, 0, 0},
                 {OPERAND_CONSTANT, 0, 0, 7}}},
};
#define COUNT (sizeof notes / sizeof *notes)

static void reads_notes_by_address(void **state)
{
    (void)state;
    struct test_image file;
    struct image image;
    image_make(&file, notes, COUNT);
    image_spill(&file, sizeof file, scratch_path("good.elf"));
    assert_true(image_read(&image, scratch_path("good.elf"), NULL));
    /* By address; the two at one address in the file's order. */
    assert_int_equal(image.note_count, 4);
    assert_int_equal(image.notes[0].note.kind, NOTE_REGION);
    assert_int_equal(image.notes[1].note.kind, NOTE_CROSSING_IN);
    assert_int_equal(image.notes[2].note.kind, NOTE_THREAD_SWITCH);
    assert_int_equal(image.notes[3].note.kind, NOTE_CROSSING_OUT);
    assert_string_equal(image.notes[0].name, "first");
    assert_string_equal(image.notes[1].name, "first");
    assert_string_equal(image.notes[2].name, "");

    const struct image_note *first;
    assert_int_equal(image_notes_at(&image, IMAGE_VIRTUAL, &first), 2);
    assert_ptr_equal(first, &image.notes[0]);
    assert_int_equal(image_notes_at(&image, IMAGE_VIRTUAL + 4, &first), 1);
    assert_ptr_equal(first, &image.notes[2]);
    assert_int_equal(image_notes_at(&image, IMAGE_VIRTUAL + 5, &first), 0);
    assert_int_equal(image_notes_at(&image, IMAGE_VIRTUAL + 9, &first), 0);
    image_free(&image);
}

static void translates_within_segments(void **state)
{
    (void)state;
    struct test_image file;
    struct image image;
    uint32_t paddr = 0;
    image_make(&file, notes, COUNT);
    image_spill(&file, sizeof file, scratch_path("good.elf"));
    assert_true(image_read(&image, scratch_path("good.elf"), NULL));
    assert_true(image_physical(&image, IMAGE_VIRTUAL + 0xffc, 4, &paddr));
    assert_int_equal(paddr, IMAGE_PHYSICAL + 0xffc);
    assert_false(image_physical(&image, IMAGE_VIRTUAL + 0xffd, 4, &paddr));
    assert_false(image_physical(&image, IMAGE_VIRTUAL - 1, 1, &paddr));
    assert_true(image_holds_code(&image, IMAGE_PHYSICAL));
    assert_true(image_holds_code(&image, IMAGE_PHYSICAL + 0xfff));
    assert_false(image_holds_code(&image, IMAGE_PHYSICAL + 0x1000));
    assert_false(image_holds_code(&image, IMAGE_PHYSICAL - 1));
    image_free(&image);
}

/* The file is refused with this sentence, located in the file. */
static void refused(const struct test_image *file, size_t size, const char *sentence)
{
    struct image image;
    struct cb_error error;
    const char *path = scratch_path("bad.elf");
    image_spill(file, size, path);
    assert_false(image_read(&image, path, &error));
    assert_int_equal(error.code, CB_IO);
    assert_string_equal(error.sentence, sentence);
    assert_string_equal(error.source, path);
}

static void refuses_what_is_no_kernel(void **state)
{
    (void)state;
    struct test_image file;
    struct cb_error error;
    struct image image;
    assert_false(image_read(&image, "/nonexistent/kernel.elf", &error));
    assert_string_equal(error.sentence,
                        "cannot open the kernel image: No such file or directory");

    image_make(&file, notes, COUNT);
    refused(&file, 0, "expected a kernel image of 1 to 268435456 bytes, found 0");
    refused(&file, 20, "expected an ELF file, found something else");
    file.header.e_ident[0] = 'x';
    refused(&file, sizeof file, "expected an ELF file, found something else");

    image_make(&file, notes, COUNT);
    file.header.e_ident[EI_CLASS] = ELFCLASS64;
    refused(&file, sizeof file, "expected an executable for 32-bit ia32");

    image_make(&file, notes, COUNT);
    file.header.e_phnum = 0;
    refused(&file, sizeof file, "expected program headers, found none");

    image_make(&file, notes, COUNT);
    file.header.e_shnum = 0;
    refused(&file, sizeof file,
            "expected section headers, found none: has the image been stripped?");

    image_make(&file, notes, COUNT);
    file.header.e_shoff = 0xfffffff0;
    refused(&file, sizeof file, "the section headers lie outside the file");

    image_make(&file, notes, COUNT);
    file.section[2].sh_size = 0xffffffff;
    refused(&file, sizeof file, "the section names lie outside the file");

    image_make(&file, notes, COUNT);
    file.program.p_memsz = 0xffffffff;
    refused(&file, sizeof file,
            "program header 0 does not fit: the image is cut short or damaged");
}

static void refuses_a_bad_section(void **state)
{
    (void)state;
    struct test_image file;
    image_make(&file, notes, 0);
    refused(&file, sizeof file,
            "expected a section .crossbill with notes for the recorder, found none");

    image_make(&file, notes, COUNT);
    file.section[1].sh_size -= 1; /* a note has 48 bytes */
    refused(&file, sizeof file,
            "the section .crossbill has 191 bytes, which is no "
            "multiple of a note's 48");

    image_make(&file, notes, COUNT);
    file.section[1].sh_offset = 0xffffff00;
    refused(&file, sizeof file, "the section .crossbill lies outside the file");
}

static void refuses_bad_notes(void **state)
{
    (void)state;
    struct event_note good = notes[3];
    struct {
        struct event_note note;
        const char *fault;
    } bad[] = {
        {{.kind = 0, .address = IMAGE_VIRTUAL}, "is of a kind that does not exist"},
        {{.kind = 8, .address = IMAGE_VIRTUAL}, "is of a kind that does not exist"},
        {{.kind = NOTE_CROSSING_OUT, .address = IMAGE_VIRTUAL + IMAGE_SIZE},
         "stands at an address that is no code"},
        {{.kind = NOTE_CROSSING_OUT, .address = IMAGE_VIRTUAL, .detail = 2},
         "has an exit that does not exist"},
        {{.kind = NOTE_CROSSING_IN, .address = IMAGE_VIRTUAL, .detail = 3},
         "has a cause that does not exist"},
        {{.kind = NOTE_CROSSING_IN, .address = IMAGE_VIRTUAL, .detail = 21u << 16},
         "pushes a number of bytes that no trap pushes"},
        {{.kind = NOTE_SPACE_SWITCH, .address = IMAGE_VIRTUAL, .detail = 3},
         "switches in a way that does not exist"},
        {{.kind = NOTE_IPC_SEND, .address = IMAGE_VIRTUAL, .detail = 3},
         "sends in a way that does not exist"},
        {{.kind = NOTE_REGION,
          .address = IMAGE_VIRTUAL,
          .end = IMAGE_VIRTUAL + 1,
          .detail = EVENT_ROLE_IDLE + 1},
         "has a role that does not exist"},
        {{.kind = NOTE_REGION, .address = IMAGE_VIRTUAL, .end = IMAGE_VIRTUAL},
         "is a region that ends before it begins"},
        {{.kind = NOTE_REGION,
          .address = IMAGE_VIRTUAL,
          .end = IMAGE_VIRTUAL + IMAGE_SIZE + 1},
         "is a region outside the loaded image"},
        {{.kind = NOTE_IPC_RECEIVE,
          .address = IMAGE_VIRTUAL,
          .operand = {{OPERAND_WORD, IMAGE_VIRTUAL + IMAGE_SIZE - 3, 0, 0}}},
         "has an operand outside the loaded image"},
        {{.kind = NOTE_IPC_RECEIVE,
          .address = IMAGE_VIRTUAL,
          .operand = {[1] = {OPERAND_DEREF + 1, IMAGE_VIRTUAL, 0, 0}}},
         "has an operand of a kind that does not exist"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct test_image file;
        char sentence[200];
        struct event_note both[] = {good, bad[i].note};
        image_make(&file, both, 2);
        snprintf(sentence, sizeof sentence, "note 1 of section .crossbill %s",
                 bad[i].fault);
        refused(&file, sizeof file, sentence);
    }
}

/* Whatever single byte is changed, the image is read or refused, never overrun. */
static void survives_any_byte(void **state)
{
    (void)state;
    struct test_image file;
    const char *path = scratch_path("changed.elf");
    image_make(&file, notes, COUNT);
    uint8_t *bytes = (uint8_t *)&file;
    for (size_t i = 0; i < sizeof file; i++) {
        struct image image;
        uint8_t before = bytes[i];
        bytes[i] ^= 0xff;
        image_spill(&file, sizeof file, path);
        if (image_read(&image, path, NULL))
            image_free(&image);
        bytes[i] = before;
    }
    for (size_t size = 0; size < sizeof file; size += 7) {
        struct image image;
        image_spill(&file, size, path);
        if (image_read(&image, path, NULL))
            image_free(&image);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_notes_by_address),
        cmocka_unit_test(translates_within_segments),
        cmocka_unit_test(refuses_what_is_no_kernel),
        cmocka_unit_test(refuses_a_bad_section),
        cmocka_unit_test(refuses_bad_notes),
        cmocka_unit_test(survives_any_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
