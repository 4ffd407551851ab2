#include "loaded_trace.h"

#include "trace_tools.h"

void trace_load(struct loaded_trace *trace, const char *path)
{
    struct cb_error error;
    uint32_t code_count;
    *trace = (struct loaded_trace){.reader = trace_open(path, &error)};
    if (trace->reader == NULL)
        fail_msg("%s: %s", path, error.sentence);
    struct reference_trace *view = &trace->view;
    trace->records = read_all(trace->reader, &view->record_count);
    view->records = trace->records;
    view->codes = trace_codes(trace->reader, &code_count);
    view->code_count = code_count;
    view->domains = trace_domains(trace->reader, &view->domain_count);
    view->tables = *trace_tables(trace->reader);
}

void trace_unload(struct loaded_trace *trace)
{
    free(trace->records);
    trace_close(trace->reader);
}

static uint16_t renamed(const struct rewriting *rewriting, uint16_t domain)
{
    return rewriting->rename == NULL || domain == TRACE_DOMAIN_CURRENT
               ? domain
               : rewriting->rename(rewriting, domain);
}

static void rewrite_definitions(const struct loaded_trace *trace,
                                struct trace_writer *writer,
                                const struct rewriting *rewriting)
{
    size_t count;
    const struct trace_domain *domains = trace_domains(trace->reader, &count);
    for (size_t i = 0; i < count; i++) {
        struct trace_domain domain = domains[i];
        domain.id = renamed(rewriting, domain.id);
        trace_put_domain(writer, &domain);
    }
    const struct trace_region *regions = trace_regions(trace->reader, &count);
    for (size_t i = 0; i < count; i++) {
        struct trace_region region = regions[i];
        region.domain = renamed(rewriting, region.domain);
        trace_put_region(writer, &region);
    }
    if (!rewriting->without_tables && trace->view.tables.idt != 0)
        trace_put_tables(writer, &trace->view.tables);
    for (size_t i = 0; i < trace->view.code_count; i++) {
        const struct trace_code *code = &trace->view.codes[i];
        assert_int_equal(
            trace_put_code(writer, code->vaddr, code->paddr, code->bytes, code->length),
            i);
    }
}

static void rewrite_record(const struct loaded_trace *trace, struct trace_writer *writer,
                           const struct rewriting *rewriting, struct trace_record record)
{
    if (!rewriting->keep(rewriting, trace, &record))
        return;
    if (record.kind == TRACE_FETCH) {
        trace_put_fetch(writer, record.code, record.size);
        return;
    }
    if (record.kind <= TRACE_STORE) {
        trace_put_data(writer, record.kind, record.vaddr, record.paddr, record.size);
        return;
    }
    if (record.kind == TRACE_THREAD_SWITCH)
        record.b = renamed(rewriting, (uint16_t)record.b);
    trace_put_event(writer, &record);
}

void trace_rewrite(const struct loaded_trace *trace, const char *path,
                   const struct rewriting *rewriting)
{
    struct cb_error error;
    struct trace_writer *writer = trace_create(path, "{}", &error);
    assert_non_null(writer);
    rewrite_definitions(trace, writer, rewriting);
    const struct trace_record *first = &trace->view.records[0];
    trace_put_state(writer, first->thread, renamed(rewriting, first->domain),
                    rewriting->in_space_0 ? 0 : first->space, first->user);
    for (size_t i = 0; i < trace->view.record_count; i++)
        rewrite_record(trace, writer, rewriting, trace->view.records[i]);
    if (!trace_finish(writer, &error))
        fail_msg("%s: %s", path, error.sentence);
}
