/* probe.h - what root asks a probe to try. Message: words[0] PROBE_*, words[1] an address
 * or value, words[2] another. Answer: words[0] the result, or PROBE_FAULTED. */
#ifndef CROSSBILL_PROBE_H
#define CROSSBILL_PROBE_H

#define PROBE_ARENA_PAGES 2
#define PROBE_ECHO_MOST   8000
#define PROBE_FAULTED     0xfa017ed0

#define PROBES(PROBE)                                                                    \
    PROBE(recover)   /* result: where to continue after a fault */                      \
    PROBE(arena)     /* result: where its arena begins; it has PROBE_ARENA_PAGES */      \
    PROBE(text)      /* result: where there is text */                                   \
    PROBE(read)      /* load from words[1] */                                            \
    PROBE(write)     /* store words[2] to words[1] */                                    \
    PROBE(jump)      /* call words[1] */                                                 \
    PROBE(cli)       /* a privileged instruction */                                      \
    PROBE(hlt)                                                                           \
    PROBE(out)       /* to port words[1] */                                              \
    PROBE(interrupt) /* int 0x0e */                                                      \
    PROBE(fpu)                                                                           \
    PROBE(segment)   /* load selector words[1] into fs */                                \
    PROBE(limit)     /* result: limit of the segment with selector words[1] */           \
    PROBE(null_ds)   /* spoil ds, es, fs, gs, then use them */                           \
    PROBE(end)       /* kernel call CALL_END */                                          \
    PROBE(call)      /* short IPC to thread words[1] */                                  \
    PROBE(send_from) /* IPC to words[1] with bytes that lie at words[2] */               \
    PROBE(echo)      /* send received bytes back */                                      \
    PROBE(threads)   /* create threads until it fails; result: why */                    \
    PROBE(map)       /* map its page words[1] into thread words[2] */                    \
    PROBE(service)   /* service_trap() of words[1], operation words[2] */                \
    PROBE(answer_to) /* a service's answer to the address words[1] */                    \
    PROBE(disk)      /* service_trap(): read disk block words[1] to words[2] */          \
    PROBE(bind)      /* bind disk block words[1] */                                      \
    PROBE(port)      /* result: the name of a new port of its own */                     \
    PROBE(peer)      /* result: the name of the port that it was given to send to */     \
    PROBE(own_port)  /* result: the name of the port that it was given to receive on */  \
    PROBE(mach_send) /* a message to port words[1], with reply port words[2] */          \
    PROBE(mach_from) /* a message that lies at words[1] */                               \
    PROBE(mach_receive) /* from port words[1] */                                         \
    PROBE(exit)

enum probe_operation {
#define PROBE(name) PROBE_##name,
    PROBES(PROBE)
#undef PROBE
    PROBE_COUNT
};

#endif
