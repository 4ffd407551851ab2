/* probe.c - tries what it is asked to, allowed or not. */
#include "kernel-trace/services/probe.h"
#include "kernel-trace/services/service.h"
#include "kernel-trace/services/user.h"
#include "kernel-trace/structures/mach_abi.h"

static uint8_t buffer[PROBE_ECHO_MOST];
static uint32_t echo_bytes;

/* Call attempt(a, b); after a fault the pager lets the thread go on at probe_recover,
 * where it returns PROBE_FAULTED instead. */
uint32_t probe_try(uint32_t (*attempt)(uint32_t, uint32_t), uint32_t a, uint32_t b);
void probe_recover(void);
__asm__(".pushsection .bss\n"
        "probe_stack: .skip 4\n"
        ".popsection\n"
        "probe_try: pushal\n"
        "    movl %esp, probe_stack\n"
        "    pushl 44(%esp)\n"
        "    pushl 44(%esp)\n"
        "    call *44(%esp)\n"
        "1:  movl probe_stack, %esp\n"
        "    movl %eax, 28(%esp)\n"
        "    popal\n"
        "    ret\n"
        "probe_recover: movl $0xfa017ed0, %eax\n"
        "    jmp 1b\n");

static uint32_t try_recover(uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    return (uint32_t)probe_recover;
}

static uint32_t try_arena(uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    return program_launch.arena;
}

static uint32_t try_text(uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    return (uint32_t)main;
}

static uint32_t try_read(uint32_t a, uint32_t b)
{
    (void)b;
    return *(volatile uint32_t *)a;
}

static uint32_t try_write(uint32_t a, uint32_t b)
{
    *(volatile uint32_t *)a = b;
    return 0;
}

static uint32_t try_jump(uint32_t a, uint32_t b)
{
    (void)b;
    ((void (*)(void))a)();
    return 0;
}

static uint32_t try_cli(uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    __asm__ volatile("cli");
    return 0;
}

static uint32_t try_hlt(uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    __asm__ volatile("hlt");
    return 0;
}

static uint32_t try_out(uint32_t a, uint32_t b)
{
    __asm__ volatile("outb %b0, %w1" ::"a"(b), "d"(a));
    return 0;
}

static uint32_t try_interrupt(uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    __asm__ volatile("int $0x0e");
    return 0;
}

static uint32_t try_fpu(uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    __asm__ volatile("fninit");
    return 0;
}

static uint32_t try_segment(uint32_t a, uint32_t b)
{
    (void)b;
    __asm__ volatile("movl %0, %%fs" ::"r"(a));
    return 0;
}

static uint32_t try_limit(uint32_t a, uint32_t b)
{
    (void)b;
    __asm__ volatile("lsll %0, %0" : "+r"(a));
    return a;
}

static uint32_t try_null_ds(uint32_t a, uint32_t b)
{
    uint32_t value;
    (void)b;
    __asm__ volatile(
        "movl %0, %%fs; movl %0, %%gs; movl %0, %%es; movl %0, %%ds" ::"r"(0));
    __asm__ volatile("movl (%1), %0" : "=r"(value) : "r"(a));
    __asm__ volatile("movl %%fs:(%1), %0" : "=r"(value) : "r"(a));
    return value;
}

static uint32_t try_end(uint32_t a, uint32_t b)
{
    (void)b;
    return kernel_call(CALL_END, a, 0, 0);
}

static uint32_t try_call(uint32_t a, uint32_t b)
{
    struct message message = {.words = {b, 0, 0}};
    return ipc_call(a, &message);
}

static uint32_t try_send_from(uint32_t a, uint32_t b)
{
    struct message message = {.lengths = LENGTHS(64u, 0u), .send = (const void *)b};
    return ipc_send(a, &message);
}

static uint32_t try_echo(uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    return echo_bytes;
}

static void end_at_once(void)
{
    kernel_call(CALL_EXIT, 0, 0, 0);
}

/* None of them runs before this thread waits, so they may share a stack. */
static uint32_t try_threads(uint32_t a, uint32_t b)
{
    static uint8_t stack[256];
    uint32_t result;
    (void)a;
    (void)b;
    do
        result = kernel_call(CALL_THREAD, (uint32_t)end_at_once,
                             (uint32_t)(stack + sizeof stack), 0);
    while (!is_error(result));
    return result;
}

static uint32_t try_map(uint32_t a, uint32_t b)
{
    return kernel_call(CALL_MAP, b, a, 0);
}

static uint32_t try_service(uint32_t a, uint32_t b)
{
    struct arguments arguments = {.in = "none", .in_bytes = 4};
    return service_trap(a, b, &arguments);
}

static uint32_t try_answer_to(uint32_t a, uint32_t b)
{
    struct arguments arguments = {.out = (void *)a, .out_bytes = FS_NAME};
    (void)b;
    return service_trap(SERVICE_FS, FS_LIST, &arguments);
}

static uint32_t try_disk(uint32_t a, uint32_t b)
{
    struct arguments arguments = {
        .a = a, .out = b ? (void *)b : buffer, .out_bytes = BLOCK_BYTES};
    return service_trap(SERVICE_STORAGE, STORAGE_READ, &arguments);
}

static uint32_t try_bind(uint32_t a, uint32_t b)
{
    (void)b;
    return kernel_call(CALL_BIND, a, 1, 0);
}

static uint32_t try_port(uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    return kernel_call(CALL_PORT, 0, 0, 0);
}

static uint32_t try_peer(uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    return program_launch.peer[0];
}

static uint32_t try_own_port(uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    return program_launch.port;
}

static uint32_t try_mach_send(uint32_t a, uint32_t b)
{
    struct mach_header header = {.remote_disposition = MACH_COPY_SEND,
                                 .local_disposition =
                                     b ? MACH_MAKE_SEND_ONCE : MACH_NO_PORT,
                                 .remote = a,
                                 .local = b};
    return mach_trap(MACH_SEND, &header, LENGTHS((uint32_t)sizeof header, 0u), 0);
}

static uint32_t try_mach_from(uint32_t a, uint32_t b)
{
    (void)b;
    return mach_trap(MACH_SEND, (void *)a, LENGTHS(64u, 0u), 0);
}

static uint32_t try_mach_receive(uint32_t a, uint32_t b)
{
    (void)b;
    return mach_trap(MACH_RECEIVE, buffer, LENGTHS(0u, (uint32_t)sizeof buffer), a);
}

static uint32_t try_exit(uint32_t a, uint32_t b)
{
    (void)b;
    return kernel_call(CALL_EXIT, a, 0, 0);
}

static uint32_t (*const attempts[])(uint32_t, uint32_t) = {
#define PROBE(name) try_##name,
    PROBES(PROBE)
#undef PROBE
};

void main(void)
{
    struct message message = {.lengths = LENGTHS(0u, (uint32_t)PROBE_ECHO_MOST),
                              .send = buffer,
                              .receive = buffer};
    uint32_t client = ipc_reply_wait(0, &message);
    for (;;) {
        uint32_t operation = message.words[0];
        echo_bytes = message.lengths;
        if ((operation & FAULT_LABEL_MASK) == FAULT_LABEL)
            try_read(0, 0); /* a pager that faults itself */
        message.words[0] =
            operation < PROBE_COUNT
                ? probe_try(attempts[operation], message.words[1], message.words[2])
                : ERROR_ARGUMENT;
        message.lengths =
            LENGTHS(operation == PROBE_echo ? echo_bytes : 0u, (uint32_t)PROBE_ECHO_MOST);
        client = ipc_reply_wait(client, &message);
    }
}
