/* user.h - what a user program can call. Guest only. */
#ifndef CROSSBILL_USER_H
#define CROSSBILL_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel-trace/kernel/abi.h"
#include "kernel-trace/kernel/layout.h"
#include "kernel-trace/kernel/program.h"

/* start.S. After a call or wait, words are those received and lengths the number of bytes
 * received in `receive`. Before it lengths is MESSAGE_LENGTHS(bytes to send, most bytes
 * to receive). */
struct message {
    uint32_t words[3];
    uint32_t lengths;
    const void *send;
    void *receive;
};
#define LENGTHS(send, most) ((send) | (most) << 16)

extern const struct launch program_launch;
uint32_t null_call(void);
uint32_t kernel_call(uint32_t call, uint32_t first, uint32_t second, uint32_t third);
uint32_t ipc_call(uint32_t partner, struct message *message);
uint32_t ipc_reply_wait(uint32_t partner, struct message *message);
/* By sysenter, where the scenario says so; words only, no bytes. */
uint32_t null_call_fast(void);
uint32_t ipc_call_fast(uint32_t partner, struct message *message);
uint32_t ipc_reply_wait_fast(uint32_t partner, struct message *message);
uint32_t ipc_receive(uint32_t partner, struct message *message);
uint32_t ipc_send(uint32_t partner, struct message *message);
struct arguments;
uint32_t service_trap(uint32_t service, uint32_t operation, struct arguments *arguments);
uint32_t mach_trap(uint32_t options, void *message, uint32_t lengths, uint32_t port);
void main(void);

/* announce.c: to the recorder, never recorded; only a privileged domain may. */
void announce_phase(uint32_t phase);
void announce_begin(uint32_t request);
void announce_end(uint32_t request);
void announce_stop(void);

/* worker.c: the main loop of a workload's thread. All three say whether all is well. */
void work(bool (*set_up)(void *), bool (*request)(void *, uint32_t),
          bool (*verify)(void *), void *state);

/* visit.c: touch the working set */
struct visit {
    uint8_t *arena;
    uint32_t pages, lines, pattern, write;
    uint32_t mask;   /* of the smallest power of two that holds all touches */
    uint32_t random; /* state of the generator */
    uint32_t due;    /* hundredths of a store that are owed */
    uint32_t sum;    /* of what was loaded */
    uint32_t *chase; /* where the chain begins */
};
void visit_init(struct visit *visit, const struct launch *launch);
void visit(struct visit *visit);

static inline bool is_error(uint32_t result)
{
    return result >= ERROR_FIRST;
}

#endif
