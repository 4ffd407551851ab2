/* regions.S - all of the kernel's text has a region. What path.S and trap.S say of their
 * instructions lies inside the first of these, and the smaller region decides. Services in
 * the kernel are declared at boot, by the structure that has them. */
#include "kernel-trace/kernel/notes.h"

    REGION(text_base, text_limit, EVENT_ROLE_KERNEL_PATH, 0)
    REGION(structures_text, structures_text_limit, EVENT_ROLE_BINDING, 0)
    REGION(instrument_base, instrument_limit, EVENT_ROLE_INSTRUMENT, 0)
