/* pong.h - the server of pingpong. Guest only. */
#ifndef CROSSBILL_PONG_H
#define CROSSBILL_PONG_H

#include "kernel-trace/services/user.h"

/* Answer for ever: touch the pages (NULL: none), call `next` (0: none) for the same,
 * answer with the words turned about and the same bytes. */
__attribute__((noreturn)) void pong(struct visit *mine, uint32_t next);

#endif
