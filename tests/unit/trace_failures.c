/* No memory, no space, no such thread: whatever fails, it is said, nothing crashes, and
 * nothing half-written stays. Each allocation fails in turn. */
#include "failing_memory.h"

#include "../trace_tools.h"
#include "traces/check.h"
#include "traces/dump.h"
#include "traces/import.h"
#include "traces/salvage.h"
#include "traces/synth.h"

#include <dirent.h>

static char trace[128], made[128];

static bool write_trace(struct cb_error *error)
{
    struct trace_writer *w = trace_create(made, "{\"tool\": \"t\"}", error);
    if (w == NULL)
        return false;
    trace_put_domain(w, &(struct trace_domain){.id = 1, .name = "d"});
    for (uint64_t i = 0; i < 3000; i++) {
        uint32_t code = trace_put_code(w, i, i, NULL, 0);
        if (!trace_failed(w))
            trace_put_fetch(w, code, 1);
    }
    return trace_finish(w, error);
}

static bool swallow(void *context, const char *text, size_t size)
{
    (void)context;
    (void)text;
    return size > 0;
}

static bool read_trace(struct cb_error *error)
{
    struct check_result found;
    struct trace_block block;
    struct trace_reader *reader = trace_open(trace, error);
    if (reader == NULL)
        return false;
    trace_block_init(&block);
    bool done = trace_read_block(reader, 0, &block, error) &&
                trace_check(reader, NULL, NULL, &found, error) &&
                dump_trace(reader, swallow, NULL, error) && trace_hash(reader, error);
    trace_block_free(&block);
    trace_close(reader);
    return done;
}

static bool import_trace(struct cb_error *error)
{
    static const char text[] = "2 1000\n# crossbill: domain kernel\n2 2000\n1 30\n"
                               "# crossbill: domain server\n2 5000\n";
    struct import_result result;
    struct input *input = input_memory(text, strlen(text), "input", error);
    bool done =
        input != NULL &&
        trace_import_input(input, made, &(struct import_options){.format = IMPORT_DIN},
                           &result, error);
    input_close(input);
    return done;
}

static bool salvage_trace(struct cb_error *error)
{
    struct salvage_result result;
    if (!trace_salvage(trace, made, &result, error))
        return false;
    assert_int_equal(result.records, 3000); /* never fewer for lack of memory */
    return true;
}

static bool make_trace(struct cb_error *error)
{
    static const char text[] =
        "{\"schema_version\": 1, \"scenario\": \"s\", \"requests\": 2, \"domains\": "
        "[{\"name\": \"k\", \"kind\": \"kernel\", \"instructions\": 2, \"accesses\": 1, "
        "\"pages\": 1}, {\"name\": \"a\", \"kind\": \"large\", \"instructions\": 2, "
        "\"accesses\": 1, \"pages\": 1}], \"pattern\": [\"a\"]}";
    struct synth_result result;
    return trace_synthesise_text(text, strlen(text), "description", made, NULL, NULL,
                                 &result, error);
}

static int set_up(void **state)
{
    (void)state;
    struct cb_error error;
    snprintf(made, sizeof made, "%s", scratch_path("trace.xbt"));
    assert_true(write_trace(&error));
    snprintf(trace, sizeof trace, "%s", made);
    snprintf(made, sizeof made, "%s", scratch_path("made.xbt"));
    return 0;
}

/* Temporary files would be left beside the result. */
static void only_two_files_are_left(void)
{
    char directory[128];
    int count = 0;
    snprintf(directory, sizeof directory, "%s", trace);
    *strrchr(directory, '/') = '\0';
    DIR *entries = opendir(directory);
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;)
        count += entry->d_name[0] != '.' || entry->d_name[1] > '.';
    closedir(entries);
    assert_int_equal(count, 2);
}

static void a_writer_without_memory_says_so(void **state)
{
    (void)state;
    each_allocation_fails(write_trace);
    only_two_files_are_left();
}

static void a_reader_without_memory_says_so(void **state)
{
    (void)state;
    each_allocation_fails(read_trace);
}

static void an_import_without_memory_says_so(void **state)
{
    (void)state;
    each_allocation_fails(import_trace);
    only_two_files_are_left();
}

/* A block that cannot be read for lack of memory counts as lost: the result then differs.
 */
static void a_salvage_without_memory_says_so(void **state)
{
    (void)state;
    each_allocation_fails(salvage_trace);
    only_two_files_are_left();
}

static void a_synthesis_without_memory_says_so(void **state)
{
    (void)state;
    each_allocation_fails(make_trace);
    only_two_files_are_left();
}

static void a_full_disk_is_noticed(void **state)
{
    (void)state;
    struct cb_error error;
    struct trace_writer *w = trace_create("/dev/full", "{}", &error);
    assert_null(w);
    assert_int_equal(error.code, CB_IO);
    assert_string_equal(error.source, "/dev/full");
    assert_string_equal(error.sentence, "cannot write: No space left on device");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_writer_without_memory_says_so),
        cmocka_unit_test(a_reader_without_memory_says_so),
        cmocka_unit_test(an_import_without_memory_says_so),
        cmocka_unit_test(a_salvage_without_memory_says_so),
        cmocka_unit_test(a_synthesis_without_memory_says_so),
        cmocka_unit_test(a_full_disk_is_noticed),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
