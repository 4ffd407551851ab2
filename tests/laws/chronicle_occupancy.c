/* Who holds what, when: the samples of a chronicle against the state of the naive replay
 * at the same records. */
#include "../law_tools.h"

#include "../reference_world.h"

/* A copy of the naive replay's state before each record. */
struct album {
    const struct law_pair *pair;
    size_t structures;
    uint32_t *held; /* [(number * structures + structure) * OCCUPANCY_HOLDERS + holder] */
    int64_t *total;
};

static unsigned holder_of(const struct album *album, int user)
{
    if (user == ENTITY_PATH)
        return OCCUPANCY_PATH;
    unsigned i = 0;
    while (album->pair->trace.view.domains[i].id != user)
        i++;
    return i < OCCUPANCY_DOMAINS ? i : OCCUPANCY_OTHERS;
}

static void count(const struct album *album, const struct structure *structure,
                  uint32_t *held)
{
    for (size_t i = 0; i < structure->sets * structure->ways; i++)
        if (structure->entries[i].valid)
            held[holder_of(album, structure->entries[i].user)]++;
}

static void take_picture(void *context, const struct reference_moment *moment)
{
    struct album *album = context;
    const struct machine *machine = &album->pair->machine;
    uint32_t *held = album->held + moment->number * album->structures * OCCUPANCY_HOLDERS;
    for (size_t i = 0; i < machine->tlb_count; i++, held += OCCUPANCY_HOLDERS)
        count(album, &moment->shared->tlbs[i], held);
    for (size_t i = 0; i < machine->cache_count; i++, held += OCCUPANCY_HOLDERS)
        count(album, &moment->shared->caches[i], held);
    album->total[moment->number] = moment->ledger->total_mcycles;
}

static void make_album(struct album *album, const struct law_pair *pair)
{
    size_t moments = pair->trace.view.record_count + 1;
    *album = (struct album){
        .pair = pair, .structures = pair->machine.tlb_count + pair->machine.cache_count};
    album->held =
        calloc(moments * album->structures * OCCUPANCY_HOLDERS + 1, sizeof *album->held);
    album->total = calloc(moments, sizeof *album->total);
    assert_non_null(album->held);
    assert_non_null(album->total);
    struct reference_ledger *naive =
        reference_replay_watched(&pair->trace.view, &pair->machine, take_picture, album);
    assert_non_null(naive);
    reference_free(naive);
}

/* What waits for the instruction behind it is charged late; it may be the second of a
 * pair that, on a machine drawn at random, saves what it lasts longer. */
static int64_t dearest_instruction(const struct machine *machine)
{
    int64_t most = 0;
    for (int class = 0; class < INSTRUCTION_CLASSES; class ++)
        if (machine->instructions[class] > most)
            most = machine->instructions[class];
    return most;
}

static void judge_sample(const struct album *album, const struct occupancy *occupancy,
                         size_t i)
{
    const struct law_pair *pair = album->pair;
    const struct occupancy_sample *sample = &occupancy->samples[i];
    assert_true(sample->record <= pair->trace.view.record_count);
    size_t size = album->structures * OCCUPANCY_HOLDERS;
    for (size_t n = 0; n < size; n++)
        law_equal(pair, "what is held", occupancy->held[i * size + n],
                  album->held[sample->record * size + n]);
    int64_t late = album->total[sample->record] - sample->mcycles;
    if (llabs(late) > dearest_instruction(&pair->machine))
        fail_msg("%s: record %llu comes at %lld, not at %lld", pair->what,
                 (unsigned long long)sample->record, (long long)sample->mcycles,
                 (long long)album->total[sample->record]);
}

static void judge(const struct album *album, const struct occupancy *occupancy)
{
    size_t regular = 0;
    for (size_t i = 0; i < occupancy->count; i++) {
        judge_sample(album, occupancy, i);
        regular += !occupancy->samples[i].around_switch;
        if (i > 0)
            assert_true(occupancy->samples[i - 1].record <= occupancy->samples[i].record);
    }
    assert_int_equal(occupancy->regular, regular);
    assert_true(regular <= OCCUPANCY_SAMPLES);
    assert_true(occupancy->count - regular <= OCCUPANCY_AROUND);
}

static void samples_are_as_in_the_naive_replay(struct law_pair *pair)
{
    struct album album;
    make_album(&album, pair);
    struct replay_options options = {.chronicle = true, .threads = 1 + pair->seed % 2};
    struct ledger *ledger = law_replay(pair, &pair->trace, &pair->machine, &options);
    const struct chronicle *chronicle = ledger->chronicle;
    assert_non_null(chronicle);
    judge(&album, &chronicle->whole);
    judge(&album, &chronicle->part);
    size_t records = pair->trace.view.record_count;
    assert_int_equal(chronicle->whole.count,
                     records < OCCUPANCY_SAMPLES ? records : OCCUPANCY_SAMPLES);
    assert_true(chronicle->part.count > 0 || chronicle->stretch.first_record >= records);
    ledger_free(ledger);

    options.stretch_first = pair->seed * 37 % (records + 1);
    options.stretch_records = 1 + pair->seed * 53 % (records + 1);
    ledger = law_replay(pair, &pair->trace, &pair->machine, &options);
    const struct occupancy *part = &ledger->chronicle->part;
    judge(&album, part);
    for (size_t i = 0; i < part->count; i++)
        assert_in_range(part->samples[i].record, options.stretch_first,
                        options.stretch_first + options.stretch_records);
    ledger_free(ledger);
    free(album.held);
    free(album.total);
}

static void short_traces(struct random_shape *shape)
{
    shape->records = shape->records % 2000;
}

static void agrees_with_the_naive_state(void **state)
{
    (void)state;
    static const struct law law = {
        .traces = 60, .machines = 2, .holds = samples_are_as_in_the_naive_replay};
    static const struct law shorter = {.traces = 20,
                                       .machines = 2,
                                       .shape = short_traces,
                                       .holds = samples_are_as_in_the_naive_replay};
    try_law(&law);
    try_law(&shorter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_naive_state),
    };
    return cmocka_run_group_tests_name("chronicle_occupancy", tests, NULL, NULL);
}
