/* workload.c - the domains of the scenario in its structure, and who knows whom. */
#include "kernel-trace/events.h"
#include "kernel-trace/kernel/kernel.h"
#include "kernel-trace/services/fs.h"
#include "kernel-trace/structures/structures.h"

struct image {
    const uint8_t *base, *limit;
};
#define IMAGE(name)                                                                      \
    extern const uint8_t image_##name[], image_##name##_end[];                           \
    static const struct image name##_image = {image_##name, image_##name##_end}
IMAGE(root);
IMAGE(probe);
IMAGE(ping);
IMAGE(pong);
IMAGE(busy);
IMAGE(app_l3);
IMAGE(app_mach);
IMAGE(app_trap);
IMAGE(app_exo);
IMAGE(fs);
IMAGE(storage);
IMAGE(fs_mach);
IMAGE(storage_mach);

extern const uint8_t fs_text[], fs_text_limit[], storage_text[], storage_text_limit[];

#define WORKERS        3
#define PREEMPT_PERIOD 20 /* microseconds */
#define PROBES         6
#define PROBE_ADMITTED                                                                   \
    2            /* may call the services, but is not the first that may; with           \
                  * ports, it has a right to send to the next */
#define ORPHAN 4 /* the pager of this probe is the next, which has none */

struct structure structure;

/* What is being put together. */
struct workload {
    const struct scenario *scenario;
    uint32_t workers;
    struct thread *worker[WORKERS];
    bool demand;         /* the arena of a domain made now is left to the pager */
    uint32_t disk_pages; /* for a domain made now */
    uint32_t disk_blocks;
    uint32_t fs; /* domain of the file service's work where it is a library */
};

static bool uses_files(const struct scenario *scenario)
{
    return scenario->scenario == SCENARIO_file || scenario->scenario == SCENARIO_compile;
}

static bool same(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static const struct domain_choice *choice_for(const struct scenario *scenario,
                                              const char *name)
{
    for (uint32_t i = 0; i < scenario->choice_count; i++)
        if (same(scenario->choices[i].name, name))
            return &scenario->choices[i];
    return NULL;
}

/* A domain with one thread, which is not ready yet. `pages` of arena, unless the command
 * line says otherwise. */
static struct thread *start(const struct workload *workload, const char *name,
                            const struct image *image, uint32_t pages, bool announces)
{
    uint32_t disk_pages = workload->disk_pages;
    const struct scenario *scenario = workload->scenario;
    const struct domain_choice *choice = choice_for(scenario, name);
    struct launch launch = {.scenario = *scenario,
                            .arena_pages = pages,
                            .lines = scenario->lines,
                            .disk_pages = disk_pages,
                            .demand = workload->demand,
                            .workers = workload->workers};
    bool small = scenario->structure == STRUCTURE_l3_small;
    if (choice) {
        small = choice->small;
        launch.arena_pages = choice->pages ? choice->pages : pages;
        launch.lines = choice->lines ? choice->lines : scenario->lines;
    }
    uint32_t limit =
        program_arena(image->base) + (launch.arena_pages + disk_pages) * PAGE_SIZE;
    uint32_t domain = domain_create(name, small, limit);
    struct thread *thread = NULL;
    if (domain) {
        domains[domain].announces = announces;
        launch.seed = scenario->seed + domain;
        thread = program_start(domain, image->base,
                               (uint32_t)(image->limit - image->base), &launch);
    }
    if (!thread) {
        print("command line: there is no room for domain ");
        print(name);
        print("\n");
        end(STATUS_SCENARIO);
    }
    return thread;
}

static void start_worker(struct workload *workload, const char *name,
                         const struct image *image, uint32_t pages)
{
    uint32_t number = workload->workers++;
    struct thread *thread = start(workload, name, image, pages < 900 ? pages : 900, true);
    launch_of(thread->domain)->worker = number;
    launch_of(thread->domain)->formats =
        number == 0 || workload->scenario->structure == STRUCTURE_exokernel;
    workload->worker[number] = thread;
    if (structure.admit)
        structure.admit(thread->domain);
}

/* ---- services ---- */

static void start_chain(struct workload *workload)
{
    static const char *const names[] = {"pong",  "pong2", "pong3",
                                        "pong4", "pong5", "pong6"};
    uint32_t caller = workload->worker[0]->domain;
    for (uint32_t i = 0; i < workload->scenario->chain; i++) {
        struct thread *pong =
            start(workload, names[i], &pong_image, workload->scenario->pages, false);
        launch_of(caller)->peer[0] = pong->id;
        caller = pong->domain;
        declare_program(pong->domain, 0);
        ready(pong);
    }
}

/* The servers, and who may call them: the workers fs, and fs storage. */
static void start_servers(struct workload *workload)
{
    bool mach = workload->scenario->structure == STRUCTURE_mach;
    struct thread *fs =
        start(workload, "fs", mach ? &fs_mach_image : &fs_image, 0, false);
    workload->disk_pages = workload->disk_blocks / (PAGE_SIZE / BLOCK_BYTES);
    struct thread *storage =
        start(workload, "storage", mach ? &storage_mach_image : &storage_image, 0, false);
    workload->disk_pages = 0;
    struct launch *fs_launch = launch_of(fs->domain);
    struct launch *storage_launch = launch_of(storage->domain);

    for (uint32_t i = 0; i < workload->workers; i++) {
        uint32_t worker = workload->worker[i]->domain;
        uint32_t *peer = &launch_of(worker)->peer[SERVICE_FS];
        *peer = fs->id;
        if (mach)
            mach_connect(fs->domain, &fs_launch->port, worker, peer);
    }
    fs_launch->peer[SERVICE_STORAGE] = storage->id;
    if (mach)
        mach_connect(storage->domain, &storage_launch->port, fs->domain,
                     &fs_launch->peer[SERVICE_STORAGE]);
    declare_program(fs->domain, 0);
    declare_program(storage->domain, 0);
    ready(storage);
    ready(fs);
}

static void declare_work(const char *name, const uint8_t *base, const uint8_t *limit)
{
    uint32_t domain = extension_create(name, KERNEL_BASE, KERNEL_BASE + DIRECT_MAP);
    declare_domain(domain);
    declare_region((uint32_t)base - KERNEL_BASE, (uint32_t)limit - KERNEL_BASE,
                   EVENT_ROLE_WORK, domain, name);
}

/* The services, or storage alone, inside the kernel. */
static void start_extensions(struct workload *workload)
{
    uint32_t disk = page_allocate(workload->disk_blocks / (PAGE_SIZE / BLOCK_BYTES));
    if (!disk) {
        print("command line: there is no memory for the disk\n");
        end(STATUS_SCENARIO);
    }
    storage_init(physical(disk), workload->disk_blocks);
    if (workload->scenario->structure == STRUCTURE_exokernel) {
        const struct domain *app = &domains[workload->worker[0]->domain];
        exokernel_init(workload->disk_blocks);
        workload->fs = extension_create("fs", app->base, app->base + app->limit);
        declare_domain(workload->fs);
    } else {
        declare_work("fs", fs_text, fs_text_limit);
    }
    declare_work("storage", storage_text, storage_text_limit);
}

/* ---- all of it ---- */

/* Room for all files, with their indirect blocks, for the workers' one file system or for
 * one of each. */
static uint32_t disk_for(const struct scenario *scenario, uint32_t workers)
{
    uint32_t file = scenario->filesize / BLOCK_BYTES + 2;
    uint32_t one = FIRST_DATA + 12 + scenario->files * file;
    uint32_t in_page = PAGE_SIZE / BLOCK_BYTES;
    return (one * workers + in_page - 1) / in_page * in_page;
}

static const struct image *app_image(const struct scenario *scenario)
{
    switch ((enum structure_name)scenario->structure) {
    case STRUCTURE_l3_small:
    case STRUCTURE_l3_large:
        return &app_l3_image;
    case STRUCTURE_mach:
        return &app_mach_image;
    case STRUCTURE_exokernel:
        return &app_exo_image;
    case STRUCTURE_spin:
    case STRUCTURE_monolithic:
    case STRUCTURE_COUNT:
        break;
    }
    return &app_trap_image;
}

static void start_file_workload(struct workload *workload)
{
    const struct scenario *scenario = workload->scenario;
    const struct image *app = app_image(scenario);
    if (scenario->scenario == SCENARIO_file) {
        start_worker(workload, "app", app, scenario->pages * 4);
    } else {
        start_worker(workload, "cc", app, scenario->pages * 4);
        start_worker(workload, "as", app, scenario->pages);
        start_worker(workload, "ld", app, scenario->pages * 2);
    }
    workload->disk_blocks = disk_for(scenario, workload->workers);
    if (structure.from_user)
        start_extensions(workload);
    else
        start_servers(workload);
}

static void start_root(struct workload *workload)
{
    static const char *const names[PROBES] = {"probe-small-0", "probe-small-1",
                                              "probe-large-0", "probe-large-1",
                                              "probe-orphan",  "probe-pager"};
    uint32_t probe_domain[PROBES];
    struct scenario kinds = *workload->scenario;
    struct workload probes = {.scenario = &kinds};
    const struct launch *first = launch_of(workload->worker[0]->domain);
    uint32_t pages = SELFTEST_PAGES + (first->demand ? first->arena_pages : 0);
    struct thread *root = start(workload, "pager", &root_image, pages, true);
    struct launch *launch = launch_of(root->domain);

    domains[root->domain].privileged = true;
    launch->workers = workload->workers;
    launch->demand = first->demand ? first->arena : 0;
    for (uint32_t i = 0; i < workload->workers; i++) {
        launch->peer[i] = workload->worker[i]->id;
        launch_of(workload->worker[i]->domain)->root = root->id;
        launch_of(workload->worker[i]->domain)->workers = workload->workers;
    }
    for (uint32_t i = 1; i < DOMAINS; i++)
        domains[i].pager = root->id;
    declare_program(root->domain, 0);
    kinds.choice_count = 0;
    for (uint32_t i = 0; i < PROBES; i++) {
        kinds.structure = i < 2 ? STRUCTURE_l3_small : STRUCTURE_l3_large;
        struct thread *probe = start(&probes, names[i], &probe_image, 2, false);
        launch->peer[WORKERS + i] = probe->id;
        probe_domain[i] = probe->domain;
        domains[probe->domain].pager = root->id;
        ready(probe);
    }
    domains[probe_domain[ORPHAN]].pager = launch->peer[WORKERS + ORPHAN + 1];
    domains[probe_domain[ORPHAN + 1]].pager = 0;
    if (structure.admit)
        structure.admit(probe_domain[PROBE_ADMITTED]);
    if (workload->scenario->structure == STRUCTURE_mach)
        mach_connect(probe_domain[PROBE_ADMITTED + 1],
                     &launch_of(probe_domain[PROBE_ADMITTED + 1])->port,
                     probe_domain[PROBE_ADMITTED],
                     &launch_of(probe_domain[PROBE_ADMITTED])->peer[0]);
    ready(root);
}

/* Every name that the command line chose for must be a domain's. */
static void check_choices(const struct scenario *scenario)
{
    for (uint32_t i = 0; i < scenario->choice_count; i++) {
        bool found = false;
        if (scenario->choices[i].pages && same(scenario->choices[i].name, "pager")) {
            print("command line: domain pager visits no pages\n");
            end(STATUS_SCENARIO);
        }
        for (uint32_t d = 1; d < DOMAINS && domains[d].name; d++)
            found |=
                !domains[d].extension && same(domains[d].name, scenario->choices[i].name);
        if (found)
            continue;
        print("command line: this scenario and structure have no domain \"");
        print(scenario->choices[i].name);
        print("\"\n");
        end(STATUS_SCENARIO);
    }
}

static void bind_structure(const struct scenario *scenario)
{
    switch ((enum structure_name)scenario->structure) {
    case STRUCTURE_spin:
        structure = spin_structure;
        break;
    case STRUCTURE_exokernel:
        structure = exokernel_structure;
        break;
    case STRUCTURE_monolithic:
        structure = monolithic_structure;
        break;
    case STRUCTURE_l3_small:
    case STRUCTURE_l3_large:
    case STRUCTURE_mach:
    case STRUCTURE_COUNT:
        break;
    }
}

/* All but files: ping, and whom it needs. */
static void start_ping_workload(struct workload *workload)
{
    const struct scenario *scenario = workload->scenario;
    bool visits = scenario->scenario == SCENARIO_pingpong ||
                  scenario->scenario == SCENARIO_fault ||
                  scenario->scenario == SCENARIO_preempt;
    workload->demand = scenario->scenario == SCENARIO_fault;
    start_worker(workload, "ping", &ping_image, visits ? scenario->pages : 1);
    if (scenario->scenario == SCENARIO_pingpong)
        start_chain(workload);
    if (scenario->scenario == SCENARIO_preempt) {
        struct thread *busy =
            start(workload, "busy", &busy_image, scenario->pages, false);
        struct launch *launch = launch_of(workload->worker[0]->domain);
        launch->peer[0] = busy->id;
        launch->scenario.timer = scenario->timer ? scenario->timer : PREEMPT_PERIOD;
        declare_program(busy->domain, 0);
        ready(busy);
    }
}

/* Domains are numbered in this order: kernel 0, workers, services, pager. */
void workload_start(const struct scenario *scenario)
{
    struct workload workload = {.scenario = scenario};
    bind_structure(scenario);
    if (uses_files(scenario))
        start_file_workload(&workload);
    else
        start_ping_workload(&workload);
    workload.demand = false;
    start_root(&workload);
    check_choices(scenario);
    for (uint32_t i = 0; i < workload.workers; i++) {
        declare_program(workload.worker[i]->domain, workload.fs);
        ready(workload.worker[i]);
    }
}
