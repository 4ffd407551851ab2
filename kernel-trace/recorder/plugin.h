/* plugin.h - the recorder inside QEMU: what its parts share.
 *
 *   plugin.c         what QEMU calls: translation, each fetch, load and store (hot paths)
 *   plugin_sites.c   code locations, one for each place and its bytes
 *   plugin_guest.c   guest memory, address spaces, page tables, translations
 *   plugin_notes.c   tracepoints: what happened when an instruction is reached; crossings
 *   plugin_window.c  the event window: declarations, start and stop
 *
 * How one instruction becomes records. QEMU calls on_fetch() before an instruction
 * executes and on_data() after each of its accesses. A fetch is kept back
 * (`pending`) until the instruction's first access or the next fetch, because only then
 * is it known whether the instruction was a store to the event window, which never shows.
 *
 * What never reaches the trace: everything before EVENT_START and after EVENT_STOP, the
 * instructions that store to the window, code of role EVENT_ROLE_INSTRUMENT, and what the
 * processor does by itself at a trap (QEMU reports that sometimes: see on_gate_read()).
 *
 * A failure is told once, through the shared status; from then on nothing is recorded
 * and the launcher kills QEMU.
 */
#ifndef CROSSBILL_PLUGIN_H
#define CROSSBILL_PLUGIN_H

#include "kernel-trace/recorder/image.h"
#include "kernel-trace/recorder/plugin_qemu.h"
#include "kernel-trace/recorder/status.h"

#define PAGE_SHIFT 12
#define PAGE_BYTES 4096u
#define PAGE_MASK  0xfffu

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* ---- code ---- */

enum site_flag {
    SITE_NEW = 1,      /* never recorded yet: it has no number in the trace */
    SITE_NOTED = 2,    /* tracepoints stand here */
    SITE_SILENT = 4,   /* in a region of role EVENT_ROLE_INSTRUMENT */
    SITE_SPLIT = 8,    /* crosses a page */
    SITE_FORGETS = 16, /* mov to a control register or invlpg: translations may change */
    SITE_LOADS_CR3 = 32,
    SITE_FOREIGN = 64 /* not in guest RAM (firmware): cannot be recorded */
};

struct site {
    uint32_t code; /* its number in the trace, unless SITE_NEW */
    uint32_t flags;
    uint32_t vaddr, paddr;
    const struct image_note *notes;
    uint32_t note_count;
    uint8_t length;
    uint8_t bytes[15];
    uint32_t rest_paddr; /* SITE_SPLIT: where the second part was last, */
    uint32_t rest_code;  /*   and its number */
    struct site *next;
};

#define SITE_BUCKETS 65536u

struct sites {
    struct site *buckets[SITE_BUCKETS];
};

/* ---- memory ---- */

/* A direct-mapped cache of translations, forgotten as a whole by a new generation. */
#define TRANSLATIONS     1024u
#define GENERATION_SHIFT 20
#define GENERATION_STEP  (1u << GENERATION_SHIFT)

struct translation {
    uint32_t tag;      /* virtual page number + generation */
    uint32_t physical; /* page address + enum watch bits */
};

/* What QEMU's description of an access means, so that QEMU is asked once for each kind. A
 * description is never 0: it names at least a load or a store. */
#define ACCESS_SHAPES 64u

struct access_shape {
    qemu_plugin_meminfo_t access;
    uint32_t size; /* bytes */
    bool store;
};

/* Pages whose accesses need a second look; kept per physical page. */
enum watch {
    WATCH_WINDOW = 1,
    WATCH_DIRECTORY = 2, /* a store changes a directory entry */
    WATCH_GATES = 4      /* holds part of the IDT */
};

struct space {
    uint32_t cr3;
    uint16_t number;
    bool known[1024];     /* the entry has not changed since it was used */
    uint32_t entry[1024]; /* last told: table, or 4 MB page + its bit; 0: none */
};

struct region_of_silence {
    uint32_t base, limit; /* physical */
};

/* ---- the recorder ---- */

/* Why the hot paths must not be taken. */
enum attention {
    ATTEND_CLOSED = 1,   /* not recording */
    ATTEND_DROPPING = 2, /* this instruction's accesses do not count */
    ATTEND_LEAVING = 4,  /* a returning instruction executes */
    ATTEND_HOLDING = 8,  /* a nested entry waits for its stack pointer to be known */
    ATTEND_WRITER = 16   /* the writer has failed */
};

enum held_kind { HELD_FETCH, HELD_DATA, HELD_EVENT };
struct held {
    enum held_kind kind;
    const struct site *site;
    struct trace_record record;
};
#define HELD_MAX 64

struct recorder {
    /* The hot paths' own. */
    struct trace_writer *writer;
    const struct site *pending;
    uint32_t attention;
    uint32_t fetch_page; /* virtual page of the last recorded fetch, or NO_PAGE */
    uint32_t generation;
    uint32_t ticks;
    struct access_shape shapes[ACCESS_SHAPES];
    struct translation translations[TRANSLATIONS];

    struct recorder_status *status;
    struct image image;
    struct sites sites;

    uint8_t *ram;
    uint32_t ram_size;
    uint8_t *watches;        /* enum watch, by physical page */
    uint16_t *space_of_page; /* number + 1 of the space whose directory the page is */

    struct space **spaces;
    uint16_t space_count;
    struct space *space; /* the current one; NULL before the first CR3 is known */
    bool cr3_stale;      /* mov cr3 has executed, no note has said what it loaded */

    /* State, followed from boot on. */
    uint32_t thread;
    uint16_t domain;
    bool user;
    bool in_kernel_image; /* the firmware is done: the kernel's own code has begun */
    bool started, failed;

    struct trace_tables tables;
    uint32_t arguments[EVENT_ARGUMENTS];
    struct region_of_silence *silences;
    size_t silence_count;

    /* A return in progress, and what its frame says once it has been read. */
    const struct image_note *leaving;
    uint32_t leaving_selector; /* cs in it */
    bool leaving_frame_known;

    struct held held[HELD_MAX];
    size_t held_count;
};

#define NO_PAGE 0xffffffffu

/* plugin.c */
void recorder_fail(struct recorder *recorder, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void put_pending(struct recorder *recorder);
void put_event(struct recorder *recorder, const struct trace_record *event);
void release_held(struct recorder *recorder);

/* plugin_sites.c */
struct site *site_of(struct recorder *recorder, struct qemu_plugin_insn *instruction);
void site_number(struct recorder *recorder, struct site *site);
bool silence(struct recorder *recorder, uint32_t base, uint32_t limit);

/* plugin_guest.c */
bool guest_find_memory(struct recorder *recorder);
bool guest_read(const struct recorder *recorder, uint32_t paddr, uint32_t *word);
/* The word at a kernel virtual address, by the image or by the page tables in force. */
bool guest_read_kernel(const struct recorder *recorder, uint32_t vaddr, uint32_t *word);
bool guest_kernel_physical(const struct recorder *recorder, uint32_t vaddr,
                           uint32_t *paddr);
bool guest_kernel_text(const struct recorder *recorder, uint32_t vaddr, char *text,
                       size_t size);
bool guest_walk(const struct recorder *recorder, uint32_t vaddr, uint32_t *paddr);
void guest_watch(struct recorder *recorder, uint32_t paddr, enum watch watch);
void forget_translations(struct recorder *recorder);
/* Page address + watch bits of an access that has just happened. */
bool translate(struct recorder *recorder, qemu_plugin_meminfo_t access, uint32_t vaddr,
               uint32_t *physical);
struct space *space_with(struct recorder *recorder, uint32_t cr3);
void use_table(struct recorder *recorder, uint32_t vaddr);
void directory_changed(struct recorder *recorder, uint32_t paddr);

/* plugin_notes.c */
void follow_notes(struct recorder *recorder, const struct site *site);
void finish_leaving(struct recorder *recorder, const struct site *next);
void leaving_access(struct recorder *recorder, uint32_t vaddr);
void holding_access(struct recorder *recorder, const struct site *site, bool store,
                    uint32_t vaddr, uint32_t size);

/* plugin_window.c */
void window_store(struct recorder *recorder, uint32_t paddr, uint32_t size);

#endif
