/* mach_abi.h - messages of structure mach, as user programs and the kernel see them.
 * Guest only.
 *
 * TRAP_MACH: eax MACH_SEND | MACH_RECEIVE; ebx where the message lies and is received;
 * esi bytes to send | most bytes to receive << 16; edi name of the port to receive from.
 * Out: eax MACH_*.
 *
 * A message is a header and items, each a type descriptor and its data, padded to four
 * bytes. Ports are known by names, which are worth something in their own space only, and
 * never mean another port there: generation << MACH_NAME_SHIFT | index. */
#ifndef CROSSBILL_MACH_ABI_H
#define CROSSBILL_MACH_ABI_H

#include <stdint.h>

#define MACH_NAME_SHIFT  5
#define MACH_GENERATIONS 0x7fffffeu

#define MACH_SEND    1u
#define MACH_RECEIVE 2u

#define MACH_DONE           0x0
#define MACH_BAD_MESSAGE    0x10000001 /* its size or an item cannot be */
#define MACH_BAD_MEMORY     0x10000002 /* the message is not (wholly) in mapped memory */
#define MACH_BAD_DESTINATION 0x10000003 /* no right to send there, or no such name */
#define MACH_BAD_REPLY      0x10000004 /* no receive right for the reply port */
#define MACH_BAD_RIGHT      0x10000005 /* an item names a port right that is not there */
#define MACH_NO_BUFFER      0x10000006
#define MACH_QUEUE_FULL     0x10000007
#define MACH_BAD_RECEIVE    0x10000008 /* no receive right for the port */
#define MACH_TOO_LARGE      0x10000009 /* the receiver's buffer is too small for it */
#define MACH_PORT_DEAD      0x1000000a

/* What becomes of a right when a message carries it. */
enum mach_disposition {
    MACH_NO_PORT,
    MACH_COPY_SEND,      /* the sender has a send right and keeps it */
    MACH_MOVE_SEND_ONCE, /* the sender has a send-once right and loses it */
    MACH_MAKE_SEND_ONCE  /* the sender has the receive right; a send-once right is made */
};

struct mach_header {
    uint32_t remote_disposition : 8, local_disposition : 8, complex : 16;
    uint32_t size;   /* bytes, with this header */
    uint32_t remote; /* sent: to where. Received: where to reply */
    uint32_t local;  /* sent: where to reply. Received: where it came in */
    uint32_t sequence;
    uint32_t id;
};

#define MACH_NOTIFY_SEND_ONCE 0x47 /* id of the message when a reply will never come */

enum mach_item { MACH_INTEGERS = 2, MACH_BYTES = 9, MACH_PORTS = 17 };

struct mach_type {
    uint16_t item;        /* enum mach_item */
    uint8_t element_bits; /* 8 or 32 */
    uint8_t disposition;  /* of ports */
    uint32_t count;       /* of elements */
};

#define MACH_MOST 4352 /* bytes of a message */

#endif
