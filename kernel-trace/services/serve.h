/* serve.h - a service as a program of its own: answer calls for ever. Guest only. */
#ifndef CROSSBILL_SERVE_H
#define CROSSBILL_SERVE_H

#include "kernel-trace/services/service.h"

__attribute__((noreturn)) void serve(uint32_t (*service)(uint32_t operation,
                                                         struct arguments *arguments));

#endif
