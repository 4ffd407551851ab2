/* Machines survive being written and read, whatever they look like, and no damage to a
 * machine file does worse than one sentence. */
#include "../test.h"

#include "../random_trace.h"
#include "model/machine.h"

#define MACHINES  400
#define MUTATIONS 3000

static struct machine parsed(const char *text, uint64_t seed)
{
    struct machine machine;
    struct cb_error error;
    if (!machine_parse(&machine, text, "text", NULL, 0, &error))
        fail_msg("seed %llu: at %s: %s", (unsigned long long)seed, error.path,
                 error.sentence);
    return machine;
}

/* Times of every number of thousandths, small and large. */
static void draw_times(struct machine *machine, uint64_t *seed)
{
    machine->memory_latency = (int64_t)draw(seed, (uint64_t)MACHINE_TIME_LIMIT + 1);
    machine->walk_time = (int64_t)draw(seed, 100000);
    for (unsigned i = 0; i < INSTRUCTION_CLASSES; i++)
        machine->instructions[i] = (int64_t)draw(seed, chance(seed, 50) ? 2000 : 1000000);
}

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= MACHINES; seed++) {
        struct machine machine = random_machine(seed);
        uint64_t times = seed;
        draw_times(&machine, &times);
        strcpy(machine.name, "random");
        strcpy(machine.title, "A \"random\" machine \\ \303\251");
        char *text = machine_to_json(&machine);
        struct machine again = parsed(text, seed);
        char *second = machine_to_json(&again);
        assert_string_equal(text, second);
        struct machine third = parsed(second, seed);
        assert_true(machine_equal(&again, &third));
        assert_int_equal(again.memory_latency, machine.memory_latency);
        assert_memory_equal(again.instructions, machine.instructions,
                            sizeof machine.instructions);
        free(text);
        free(second);
        machine_free(&again);
        machine_free(&third);
    }
}

static char *shipped_text(size_t *length)
{
    static char text[1 << 16];
    FILE *file = fopen("model/machines/skylake.json", "r");
    assert_non_null(file);
    *length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    assert_in_range(*length, 1000, sizeof text - 2);
    text[*length] = '\0';
    return text;
}

/* Replace a byte, cut the text, or copy one piece of it over another. */
static void mutate(char *text, size_t length, uint64_t *seed)
{
    static const char bytes[] = "{}[]\",:-.019eE \\\x01\xff";
    size_t at = draw(seed, length), from = draw(seed, length);
    size_t most = length - (at > from ? at : from);
    switch (draw(seed, 8)) {
    case 0:
        text[at] = '\0';
        break;
    case 1:
        memmove(text + at, text + from, draw(seed, most < 40 ? most : 40));
        break;
    default:
        text[at] = bytes[draw(seed, sizeof bytes - 1)];
    }
}

static void damage_ends_in_a_sentence(void **state)
{
    (void)state;
    size_t length, refused = 0;
    const char *whole = shipped_text(&length);
    char *text = malloc(length + 1);
    assert_non_null(text);
    for (uint64_t seed = 1; seed <= MUTATIONS; seed++) {
        uint64_t dice = seed;
        memcpy(text, whole, length + 1);
        for (uint64_t n = 1 + draw(&dice, 3); n > 0; n--) {
            mutate(text, strlen(text) + 1, &dice);
            text[length] = '\0'; /* which may have been what was replaced */
        }
        struct machine machine;
        struct cb_error error;
        if (machine_parse(&machine, text, "text", NULL, 0, &error)) {
            assert_true(machine_check(&machine, &error));
            machine_free(&machine);
            continue;
        }
        refused++;
        assert_int_equal(error.code, CB_USAGE);
        assert_string_equal(error.source, "text");
        assert_true(strlen(error.sentence) > 10);
    }
    free(text);
    /* Most damage is to the syntax or to a key; what only hits a source text is none. */
    assert_true(refused > MUTATIONS / 4 && refused < MUTATIONS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(damage_ends_in_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
