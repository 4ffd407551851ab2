/* announce.c - what the workload tells the recorder, through the event window. In the
 * header page of each program, at the same addresses in the twin, where they are empty.
 */
#include "kernel-trace/events.h"
#include "kernel-trace/services/user.h"

#ifdef CROSSBILL_TWIN
static inline __attribute__((always_inline)) void emit(uint32_t code, uint32_t argument)
{
    (void)code;
    (void)argument;
}
#else
static inline __attribute__((always_inline)) void emit(uint32_t code, uint32_t argument)
{
    volatile uint32_t *window = (volatile uint32_t *)USER_EVENT_PAGE;
    window[0] = argument;
    window[EVENT_COMMIT / 4] = code;
}
#endif

void announce_phase(uint32_t phase)
{
    emit(EVENT_PHASE, phase);
}

void announce_begin(uint32_t request)
{
    emit(EVENT_REQUEST_BEGIN, request);
}

void announce_end(uint32_t request)
{
    emit(EVENT_REQUEST_END, request);
}

void announce_stop(void)
{
    emit(EVENT_STOP, 0);
}
