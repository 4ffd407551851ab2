/* words.c - the words of kinds, roles and details. */
#include "dump.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

const char *trace_kind_word(unsigned kind)
{
    static const char *const words[TRACE_KINDS] = {
        [TRACE_FETCH] = "fetch",
        [TRACE_LOAD] = "load",
        [TRACE_STORE] = "store",
        [TRACE_CROSSING_IN] = "crossing_in",
        [TRACE_CROSSING_OUT] = "crossing_out",
        [TRACE_THREAD_SWITCH] = "thread_switch",
        [TRACE_SPACE_SWITCH] = "space_switch",
        [TRACE_IPC_SEND] = "ipc_send",
        [TRACE_IPC_RECEIVE] = "ipc_receive",
        [TRACE_PAGE_TABLE] = "page_table",
        [TRACE_REQUEST_BEGIN] = "request_begin",
        [TRACE_REQUEST_END] = "request_end",
        [TRACE_PHASE] = "phase",
        [TRACE_LOST] = "lost",
    };
    return kind < TRACE_KINDS ? words[kind] : NULL;
}

const char *trace_role_word(unsigned role)
{
    static const char *const words[TRACE_ROLES] = {
        [TRACE_WORK] = "work",
        [TRACE_BORDER] = "border",
        [TRACE_KERNEL_PATH] = "kernel_path",
        [TRACE_THREAD_SWITCHING] = "thread_switch",
        [TRACE_SPACE_SWITCHING] = "space_switch",
        [TRACE_BINDING] = "binding",
        [TRACE_IDLE] = "idle",
    };
    return role < TRACE_ROLES ? words[role] : NULL;
}

const char *trace_domain_kind_word(unsigned kind)
{
    static const char *const words[TRACE_DOMAIN_KINDS] = {
        [TRACE_DOMAIN_KERNEL] = "kernel",
        [TRACE_DOMAIN_LARGE] = "large",
        [TRACE_DOMAIN_SMALL] = "small",
        [TRACE_DOMAIN_EXTENSION] = "extension",
    };
    return kind < TRACE_DOMAIN_KINDS ? words[kind] : NULL;
}

const char *trace_detail_word(unsigned kind, unsigned detail)
{
    static const char *const causes[] = {"call", "fault", "interrupt"};
    static const char *const exits[] = {"iret", "sysexit"};
    static const char *const hows[] = {"none", "cr3", "segment"};
    static const char *const ipcs[] = {"call", "reply", "send"};
    static const char *const mappings[] = {"table", "large_page"};
    static const char *const phases[] = {"warm_up", "measured"};
    if (kind == TRACE_CROSSING_IN && detail < COUNT(causes))
        return causes[detail];
    if (kind == TRACE_CROSSING_OUT && detail < COUNT(exits))
        return exits[detail];
    if (kind == TRACE_SPACE_SWITCH && detail < COUNT(hows))
        return hows[detail];
    if (kind == TRACE_IPC_SEND && detail < COUNT(ipcs))
        return ipcs[detail];
    if (kind == TRACE_PAGE_TABLE && detail < COUNT(mappings))
        return mappings[detail];
    if (kind == TRACE_PHASE && detail < COUNT(phases))
        return phases[detail];
    return NULL;
}
