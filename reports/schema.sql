-- schema.sql - what a crossbill report is made of. reports/README.md explains it to those
-- who query it. The file's application_id is 0x58424c4c, its user_version 3.
--
-- Times are integers in millicycles (1/1000 cycle) and end in _mcycles; views show
-- cycles, as reals. Events and times may be negative in the credit accounts alone.
-- Rows that would hold nothing but zeros are left out.
-- What depends on a replay goes when the replay does.

-- ---- closed sets, with the order and the words in which they are shown ----

CREATE TABLE account_groups (
    account_group TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
    account TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE,
    account_group TEXT NOT NULL REFERENCES account_groups,
    title TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE components (
    component TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;

CREATE TABLE crossing_kinds (
    kind TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;

-- What a lenient replay may find out of balance in a trace, and what it does then.
CREATE TABLE repair_kinds (
    repair TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE,
    title TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- ---- what was recorded, and what it was replayed on ----

CREATE TABLE studies (
    study INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (name <> ''),
    definition TEXT NOT NULL CHECK (json_valid(definition)),
    state TEXT NOT NULL CHECK (state IN ('running', 'done'))
) STRICT;

CREATE TABLE traces (
    trace INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE
        CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
    scenario TEXT NOT NULL,
    structure TEXT NOT NULL,
    tool TEXT NOT NULL,
    header TEXT NOT NULL CHECK (json_valid(header)),
    version INTEGER NOT NULL,
    file_bytes INTEGER NOT NULL CHECK (file_bytes >= 0),
    records INTEGER NOT NULL CHECK (records >= 0),
    lost INTEGER NOT NULL CHECK (lost >= 0),
    cut_at_byte INTEGER CHECK (cut_at_byte >= 0) -- NULL: the file was complete
) STRICT;

CREATE TABLE domains (
    domain INTEGER PRIMARY KEY,
    trace INTEGER NOT NULL REFERENCES traces ON DELETE CASCADE,
    number INTEGER NOT NULL CHECK (number BETWEEN 0 AND 65535), -- in the trace; 0: kernel
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('kernel', 'large', 'small', 'extension')),
    base INTEGER,  -- linear window of the domain, as declared
    "limit" INTEGER,
    UNIQUE (trace, number)
) STRICT;

CREATE TABLE machines (
    machine INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE
        CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    clock_khz INTEGER NOT NULL CHECK (clock_khz >= 0),
    resolved TEXT NOT NULL CHECK (json_valid(resolved))
) STRICT;

-- Every figure of a machine with where it comes from. flag: S read in the source itself,
-- T in a translation of it, 2 in a secondary source, M remembered and unverified,
-- D derived by arithmetic, A an assumption, '' nothing said.
CREATE TABLE machine_figures (
    machine INTEGER NOT NULL REFERENCES machines ON DELETE CASCADE,
    position INTEGER NOT NULL,
    path TEXT NOT NULL,
    unit TEXT NOT NULL CHECK (unit IN ('count', 'bytes', 'khz', 'millicycles')),
    value INTEGER NOT NULL,
    flag TEXT NOT NULL CHECK (flag IN ('S', 'T', '2', 'M', 'D', 'A', '')),
    source TEXT,
    PRIMARY KEY (machine, position) -- a path comes again for each item of a list
) STRICT, WITHOUT ROWID;

-- What one event at a component costs there.
CREATE TABLE machine_components (
    machine INTEGER NOT NULL REFERENCES machines ON DELETE CASCADE,
    side TEXT NOT NULL CHECK (side IN ('fetch', 'data', 'walk')),
    component TEXT NOT NULL REFERENCES components,
    event_mcycles INTEGER NOT NULL CHECK (event_mcycles >= 0),
    PRIMARY KEY (machine, side, component)
) STRICT, WITHOUT ROWID;

-- TLBs and caches. entries: of a TLB, or lines of a cache; unit_bytes: what one of them
-- covers (a TLB's smallest page, a cache's line).
CREATE TABLE machine_structures (
    machine INTEGER NOT NULL REFERENCES machines ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('tlb', 'cache')),
    level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 3),
    holds TEXT NOT NULL CHECK (holds IN ('both', 'instructions', 'data')),
    entries INTEGER NOT NULL CHECK (entries > 0),
    ways INTEGER NOT NULL CHECK (ways > 0),
    unit_bytes INTEGER NOT NULL CHECK (unit_bytes > 0),
    replacement TEXT NOT NULL
        CHECK (replacement IN ('lru', 'tree_plru', 'fifo', 'random')),
    tagged INTEGER NOT NULL CHECK (tagged IN (0, 1)), -- keeps entries over a space switch
    PRIMARY KEY (machine, position)
) STRICT, WITHOUT ROWID;

-- ---- results: one replay of a trace on a machine ----

CREATE TABLE replays (
    replay INTEGER PRIMARY KEY,
    trace INTEGER NOT NULL REFERENCES traces ON DELETE CASCADE,
    machine INTEGER NOT NULL REFERENCES machines ON DELETE CASCADE,
    study INTEGER REFERENCES studies ON DELETE SET NULL,
    options TEXT NOT NULL CHECK (json_valid(options)),
    state TEXT NOT NULL CHECK (state IN ('running', 'done')),
    total_mcycles INTEGER, -- of both phases
    lost INTEGER,          -- records lost in the trace
    CHECK ((state = 'done') = (total_mcycles IS NOT NULL)),
    CHECK ((state = 'done') = (lost IS NOT NULL)),
    UNIQUE (trace, machine, options)
) STRICT;

-- Records of the trace that a lenient replay has put right.
CREATE TABLE repairs (
    replay INTEGER NOT NULL REFERENCES replays ON DELETE CASCADE,
    repair TEXT NOT NULL REFERENCES repair_kinds,
    records INTEGER NOT NULL CHECK (records > 0),
    PRIMARY KEY (replay, repair)
) STRICT, WITHOUT ROWID;

CREATE TABLE phases (
    replay INTEGER NOT NULL REFERENCES replays ON DELETE CASCADE,
    phase TEXT NOT NULL CHECK (phase IN ('warm_up', 'measured')),
    records INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    thread_switches INTEGER NOT NULL,
    space_switches_none INTEGER NOT NULL,
    space_switches_cr3 INTEGER NOT NULL,
    space_switches_segment INTEGER NOT NULL,
    PRIMARY KEY (replay, phase)
) STRICT, WITHOUT ROWID;

-- The ledger: what a domain was charged in an account.
CREATE TABLE ledger (
    replay INTEGER NOT NULL REFERENCES replays ON DELETE CASCADE,
    phase TEXT NOT NULL CHECK (phase IN ('warm_up', 'measured')),
    domain INTEGER NOT NULL REFERENCES domains,
    account TEXT NOT NULL REFERENCES accounts,
    instructions INTEGER NOT NULL,
    instruction_mcycles INTEGER NOT NULL,
    memory_mcycles INTEGER NOT NULL,
    PRIMARY KEY (replay, phase, domain, account)
) STRICT, WITHOUT ROWID;

-- The events behind memory_mcycles, which is their sum, each times its component's cost.
CREATE TABLE ledger_events (
    replay INTEGER NOT NULL REFERENCES replays ON DELETE CASCADE,
    phase TEXT NOT NULL CHECK (phase IN ('warm_up', 'measured')),
    domain INTEGER NOT NULL REFERENCES domains,
    account TEXT NOT NULL REFERENCES accounts,
    side TEXT NOT NULL CHECK (side IN ('fetch', 'data', 'walk')),
    component TEXT NOT NULL REFERENCES components,
    events INTEGER NOT NULL CHECK (events <> 0),
    PRIMARY KEY (replay, phase, domain, account, side, component)
) STRICT, WITHOUT ROWID;

-- pages and lines: sums over visits of the distinct ones touched.
CREATE TABLE visits (
    replay INTEGER NOT NULL REFERENCES replays ON DELETE CASCADE,
    phase TEXT NOT NULL CHECK (phase IN ('warm_up', 'measured')),
    domain INTEGER NOT NULL REFERENCES domains,
    visits INTEGER NOT NULL CHECK (visits >= 0),
    pages INTEGER NOT NULL CHECK (pages >= 0),
    lines INTEGER NOT NULL CHECK (lines >= 0),
    PRIMARY KEY (replay, phase, domain)
) STRICT, WITHOUT ROWID;

-- Observed: entries fetched again that were there before a flush, or before an eviction.
CREATE TABLE refills (
    replay INTEGER NOT NULL REFERENCES replays ON DELETE CASCADE,
    phase TEXT NOT NULL CHECK (phase IN ('warm_up', 'measured')),
    domain INTEGER NOT NULL REFERENCES domains,
    component TEXT NOT NULL REFERENCES components,
    after_flush INTEGER NOT NULL CHECK (after_flush >= 0),
    after_eviction INTEGER NOT NULL CHECK (after_eviction >= 0),
    PRIMARY KEY (replay, phase, domain, component)
) STRICT, WITHOUT ROWID;

-- Of the pages and lines that a domain's visit touched: those looked up when the domain
-- was entered again, and those of them that were still there.
CREATE TABLE reentries (
    replay INTEGER NOT NULL REFERENCES replays ON DELETE CASCADE,
    phase TEXT NOT NULL CHECK (phase IN ('warm_up', 'measured')),
    domain INTEGER NOT NULL REFERENCES domains,
    component TEXT NOT NULL REFERENCES components,
    asked INTEGER NOT NULL CHECK (asked > 0),
    resident INTEGER NOT NULL CHECK (resident BETWEEN 0 AND asked),
    PRIMARY KEY (replay, phase, domain, component)
) STRICT, WITHOUT ROWID;

CREATE TABLE instructions (
    replay INTEGER NOT NULL REFERENCES replays ON DELETE CASCADE,
    phase TEXT NOT NULL CHECK (phase IN ('warm_up', 'measured')),
    domain INTEGER NOT NULL REFERENCES domains,
    class TEXT NOT NULL,
    executed INTEGER NOT NULL CHECK (executed > 0),
    PRIMARY KEY (replay, phase, domain, class)
) STRICT, WITHOUT ROWID;

-- Crossings by kind: how many, what they cost together, and how the cost is distributed.
CREATE TABLE crossings (
    replay INTEGER NOT NULL REFERENCES replays ON DELETE CASCADE,
    phase TEXT NOT NULL CHECK (phase IN ('warm_up', 'measured')),
    kind TEXT NOT NULL REFERENCES crossing_kinds,
    crossings INTEGER NOT NULL CHECK (crossings > 0),
    instructions INTEGER NOT NULL,
    PRIMARY KEY (replay, phase, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE crossing_accounts (
    replay INTEGER NOT NULL REFERENCES replays ON DELETE CASCADE,
    phase TEXT NOT NULL CHECK (phase IN ('warm_up', 'measured')),
    kind TEXT NOT NULL REFERENCES crossing_kinds,
    account TEXT NOT NULL REFERENCES accounts,
    mcycles INTEGER NOT NULL CHECK (mcycles <> 0),
    PRIMARY KEY (replay, phase, kind, account)
) STRICT, WITHOUT ROWID;

-- explicit and implicit make up the total, a crossing's own bill; with_children adds the
-- bills of the crossings made on its behalf, and on theirs, and so on.
CREATE TABLE crossing_distributions (
    replay INTEGER NOT NULL REFERENCES replays ON DELETE CASCADE,
    phase TEXT NOT NULL CHECK (phase IN ('warm_up', 'measured')),
    kind TEXT NOT NULL REFERENCES crossing_kinds,
    quantity TEXT NOT NULL
        CHECK (quantity IN ('total', 'explicit', 'implicit', 'with_children')),
    sum_mcycles INTEGER NOT NULL,
    min_mcycles INTEGER NOT NULL,
    median_mcycles INTEGER NOT NULL,
    p90_mcycles INTEGER NOT NULL,
    p99_mcycles INTEGER NOT NULL,
    max_mcycles INTEGER NOT NULL,
    PRIMARY KEY (replay, phase, kind, quantity)
) STRICT, WITHOUT ROWID;

-- Crossings by the kind of the crossing on whose behalf they were made ('none': of none),
-- and what their own bills come to.
CREATE TABLE crossing_parents (
    replay INTEGER NOT NULL REFERENCES replays ON DELETE CASCADE,
    phase TEXT NOT NULL CHECK (phase IN ('warm_up', 'measured')),
    parent TEXT NOT NULL CHECK (parent IN ('call', 'ipc_call', 'ipc_reply', 'ipc_send',
        'fault', 'interrupt', 'none')),
    kind TEXT NOT NULL REFERENCES crossing_kinds,
    crossings INTEGER NOT NULL CHECK (crossings > 0),
    mcycles INTEGER NOT NULL,
    PRIMARY KEY (replay, phase, parent, kind)
) STRICT, WITHOUT ROWID;

-- TLBs and caches in the shared world, as a plain simulator counts them; both phases.
CREATE TABLE structure_counters (
    replay INTEGER NOT NULL REFERENCES replays ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    fetches INTEGER NOT NULL,
    fetch_misses INTEGER NOT NULL,
    loads INTEGER NOT NULL,
    load_misses INTEGER NOT NULL,
    stores INTEGER NOT NULL,
    store_misses INTEGER NOT NULL,
    flushes INTEGER NOT NULL,
    flushed_entries INTEGER NOT NULL,
    write_backs INTEGER NOT NULL,
    PRIMARY KEY (replay, position)
) STRICT, WITHOUT ROWID;

-- Isolation cost of the victim whose culprit ran for another domain; NULL: the path.
CREATE TABLE culprits (
    replay INTEGER NOT NULL REFERENCES replays ON DELETE CASCADE,
    phase TEXT NOT NULL CHECK (phase IN ('warm_up', 'measured')),
    victim INTEGER NOT NULL REFERENCES domains,
    culprit INTEGER REFERENCES domains,
    mcycles INTEGER NOT NULL CHECK (mcycles <> 0)
) STRICT;
CREATE INDEX culprits_by_replay ON culprits (replay);

-- What a crossing of a kind costs in total (explicit and implicit): so many cost from low
-- to high, sum together. At most 64 rows for each kind and phase; where there are at most
-- 64 different costs, low is high.
CREATE TABLE crossing_histograms (
    replay INTEGER NOT NULL REFERENCES replays ON DELETE CASCADE,
    phase TEXT NOT NULL CHECK (phase IN ('warm_up', 'measured')),
    kind TEXT NOT NULL REFERENCES crossing_kinds,
    low_mcycles INTEGER NOT NULL,
    high_mcycles INTEGER NOT NULL CHECK (high_mcycles >= low_mcycles),
    crossings INTEGER NOT NULL CHECK (crossings > 0),
    sum_mcycles INTEGER NOT NULL,
    PRIMARY KEY (replay, phase, kind, low_mcycles)
) STRICT, WITHOUT ROWID;

-- ---- what happened when ----

-- What accesses of work cost beyond the merged world, by how long their domain has run: bucket b has the accesses number 2^b to 2^(b+1) - 1 since it was
-- entered. how: the strongest switch of space since the domain ran last. A domain is
-- entered with its first access of work after the kernel's path, or another domain, ran.
CREATE TABLE recovery (
    replay INTEGER NOT NULL REFERENCES replays ON DELETE CASCADE,
    phase TEXT NOT NULL CHECK (phase IN ('warm_up', 'measured')),
    how TEXT NOT NULL CHECK (how IN ('none', 'segment', 'cr3')),
    bucket INTEGER NOT NULL CHECK (bucket BETWEEN 0 AND 47),
    accesses INTEGER NOT NULL CHECK (accesses > 0),
    isolation_mcycles INTEGER NOT NULL CHECK (isolation_mcycles >= 0),
    credit_mcycles INTEGER NOT NULL CHECK (credit_mcycles <= 0),
    PRIMARY KEY (replay, phase, how, bucket)
) STRICT, WITHOUT ROWID;

-- A replay that was followed over time, and the stretch of its trace that was followed
-- closely: the first requests of the measured phase. Of traces that differ in the size of
-- their domains alone (knob pages), only the largest replayed on a machine stays here.
CREATE TABLE stretches (
    replay INTEGER PRIMARY KEY REFERENCES replays ON DELETE CASCADE,
    first_record INTEGER NOT NULL,
    end_record INTEGER NOT NULL, -- the first behind it
    cut INTEGER NOT NULL CHECK (cut IN (0, 1)) -- it would have had more spans
) STRICT;

-- The processor runs in one lane: a domain's, while it runs its work, or path code in user
-- mode (stubs); the kernel's, while it runs path code in kernel mode. A span begins where
-- the one before it ends. At most 512 a replay. Misses are those of first levels.
CREATE TABLE stretch_spans (
    replay INTEGER NOT NULL REFERENCES stretches ON DELETE CASCADE,
    span INTEGER NOT NULL CHECK (span >= 0),
    domain INTEGER NOT NULL REFERENCES domains, -- whose lane
    entered_by TEXT NOT NULL CHECK (entered_by IN ('call', 'ipc_call', 'ipc_reply',
        'ipc_send', 'fault', 'interrupt', 'return', 'procedure', 'begin')),
    from_mcycles INTEGER NOT NULL, -- since the beginning of the trace
    to_mcycles INTEGER NOT NULL,
    tlb_misses INTEGER NOT NULL CHECK (tlb_misses >= 0),
    cache_misses INTEGER NOT NULL CHECK (cache_misses >= 0),
    refilled_after_flush INTEGER NOT NULL CHECK (refilled_after_flush >= 0),
    refilled_after_eviction INTEGER NOT NULL CHECK (refilled_after_eviction >= 0),
    switches_cr3 INTEGER NOT NULL CHECK (switches_cr3 >= 0),
    switches_segment INTEGER NOT NULL CHECK (switches_segment >= 0),
    PRIMARY KEY (replay, span)
) STRICT, WITHOUT ROWID;

-- Moments at which it was looked who holds what: 100 drawn over the whole trace, and up to
-- 100 at regular distances in the stretch, with up to 96 just before and after its space
-- switches. As things stood before the record.
CREATE TABLE occupancy_samples (
    replay INTEGER NOT NULL REFERENCES stretches ON DELETE CASCADE,
    extent TEXT NOT NULL CHECK (extent IN ('trace', 'stretch')),
    sample INTEGER NOT NULL CHECK (sample >= 0),
    phase TEXT NOT NULL CHECK (phase IN ('warm_up', 'measured')),
    record INTEGER NOT NULL CHECK (record >= 0),
    at_mcycles INTEGER NOT NULL, -- since the beginning of the trace
    at_switch INTEGER NOT NULL CHECK (at_switch IN (0, 1)),
    PRIMARY KEY (replay, extent, sample)
) STRICT, WITHOUT ROWID;

-- Valid entries (lines) of a TLB or cache by who used them last: a domain's work, or the
-- path. What nobody has is empty. The first 32 domains are told apart. holder is their
-- order: 0 to 31 the domains, 32 all others, 33 the path.
CREATE TABLE occupancy (
    replay INTEGER NOT NULL,
    extent TEXT NOT NULL,
    sample INTEGER NOT NULL,
    position INTEGER NOT NULL, -- of the TLB or cache: machine_structures
    holder INTEGER NOT NULL CHECK (holder BETWEEN 0 AND 33),
    domain INTEGER REFERENCES domains, -- NULL: others, or the path
    entries INTEGER NOT NULL CHECK (entries > 0),
    PRIMARY KEY (replay, extent, sample, position, holder),
    FOREIGN KEY (replay, extent, sample) REFERENCES occupancy_samples ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- ---- sweeps: one trace on one machine with some of its figures varied ----

CREATE TABLE sweeps (
    sweep INTEGER PRIMARY KEY,
    trace INTEGER NOT NULL REFERENCES traces ON DELETE CASCADE,
    machine INTEGER NOT NULL REFERENCES machines ON DELETE CASCADE,
    study INTEGER REFERENCES studies ON DELETE SET NULL,
    axes TEXT NOT NULL CHECK (json_valid(axes)), -- what makes it this sweep
    state TEXT NOT NULL CHECK (state IN ('running', 'done')),
    points INTEGER NOT NULL CHECK (points > 0), -- of the whole grid
    requests INTEGER, -- of the measured phase; NULL until there is a point
    UNIQUE (trace, machine, axes)
) STRICT;

-- Point p of a sweep has, on each axis, the value at position p / stride % length.
CREATE TABLE sweep_axes (
    sweep INTEGER NOT NULL REFERENCES sweeps ON DELETE CASCADE,
    axis INTEGER NOT NULL CHECK (axis >= 0),
    path TEXT NOT NULL, -- of the machine's figure: "tlb.dtlb.entries"
    length INTEGER NOT NULL CHECK (length > 0),
    stride INTEGER NOT NULL CHECK (stride > 0),
    PRIMARY KEY (sweep, axis)
) STRICT, WITHOUT ROWID;

CREATE TABLE sweep_values (
    sweep INTEGER NOT NULL,
    axis INTEGER NOT NULL,
    position INTEGER NOT NULL CHECK (position >= 0),
    value TEXT NOT NULL,
    PRIMARY KEY (sweep, axis, position),
    FOREIGN KEY (sweep, axis) REFERENCES sweep_axes ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Of the measured phase. A machine that cannot exist is refused, with a sentence.
CREATE TABLE sweep_points (
    sweep INTEGER NOT NULL REFERENCES sweeps ON DELETE CASCADE,
    point INTEGER NOT NULL CHECK (point >= 0),
    refused TEXT,
    work_mcycles INTEGER,
    competition_mcycles INTEGER,
    explicit_mcycles INTEGER,
    implicit_mcycles INTEGER,
    idle_mcycles INTEGER,
    CHECK ((refused IS NULL) = (work_mcycles IS NOT NULL)),
    PRIMARY KEY (sweep, point)
) STRICT, WITHOUT ROWID;

CREATE TABLE sweep_accounts (
    sweep INTEGER NOT NULL,
    point INTEGER NOT NULL,
    account TEXT NOT NULL REFERENCES accounts,
    mcycles INTEGER NOT NULL CHECK (mcycles <> 0),
    PRIMARY KEY (sweep, point, account),
    FOREIGN KEY (sweep, point) REFERENCES sweep_points ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE sweep_events (
    sweep INTEGER NOT NULL,
    point INTEGER NOT NULL,
    account_group TEXT NOT NULL REFERENCES account_groups,
    component TEXT NOT NULL REFERENCES components,
    events INTEGER NOT NULL CHECK (events <> 0),
    PRIMARY KEY (sweep, point, account_group, component),
    FOREIGN KEY (sweep, point) REFERENCES sweep_points ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- What a domain was charged in an account at a point, instructions included, and the events
-- behind it by component: misses of TLBs and caches, walks, reads of memory. Sums over
-- domains are sweep_accounts; over domains and a group's accounts, sweep_events. Points of
-- reports of version 1 have none.
CREATE TABLE sweep_domains (
    sweep INTEGER NOT NULL,
    point INTEGER NOT NULL,
    domain INTEGER NOT NULL REFERENCES domains,
    account TEXT NOT NULL REFERENCES accounts,
    mcycles INTEGER NOT NULL,
    itlb INTEGER NOT NULL,
    dtlb INTEGER NOT NULL,
    stlb INTEGER NOT NULL,
    walk INTEGER NOT NULL,
    l1i INTEGER NOT NULL,
    l1d INTEGER NOT NULL,
    l2 INTEGER NOT NULL,
    l3 INTEGER NOT NULL,
    memory INTEGER NOT NULL,
    PRIMARY KEY (sweep, point, domain, account),
    FOREIGN KEY (sweep, point) REFERENCES sweep_points ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- ---- the closed form: costs predicted from footprints, beside replays ----

-- footprints: what crossbill footprint writes, measured once from a trace, or typed in. A
-- prediction is known by its footprints, its machine and the order that it assumes.
CREATE TABLE predictions (
    prediction INTEGER PRIMARY KEY,
    machine INTEGER NOT NULL REFERENCES machines ON DELETE CASCADE,
    trace INTEGER REFERENCES traces ON DELETE CASCADE, -- measured; NULL: from a file
    footprints TEXT NOT NULL CHECK (json_valid(footprints)),
    visit_order TEXT NOT NULL CHECK (visit_order IN ('any', 'cyclic')),
    UNIQUE (machine, footprints, visit_order)
) STRICT;

-- Of one request. trace: a recording of this size on whose replay the point is judged.
CREATE TABLE prediction_points (
    prediction INTEGER NOT NULL REFERENCES predictions ON DELETE CASCADE,
    pages INTEGER NOT NULL CHECK (pages >= 0),
    trace INTEGER REFERENCES traces ON DELETE SET NULL, -- NULL: not recorded
    explicit_mcycles INTEGER NOT NULL,
    isolation_tlb_mcycles INTEGER NOT NULL,
    isolation_cache_mcycles INTEGER NOT NULL,
    path_tlb_mcycles INTEGER NOT NULL,
    path_cache_mcycles INTEGER NOT NULL,
    competition_tlb_mcycles INTEGER NOT NULL,
    competition_cache_mcycles INTEGER NOT NULL,
    PRIMARY KEY (prediction, pages)
) STRICT, WITHOUT ROWID;

-- ---- what is said about the results ----

-- A statement of the literature beside what was measured for it; see claims.h. said_by:
-- which of the sources, where they disagree. flag: how well it was read, as of
-- machine_figures. Measured on replays of their own: nothing else here depends on them.
CREATE TABLE claims (
    name TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    strike TEXT NOT NULL CHECK (strike IN
        ('border_crossings', 'space_switches', 'thread_switches', 'memory_effects')),
    statement TEXT NOT NULL,
    said_by TEXT NOT NULL,
    source TEXT NOT NULL,
    flag TEXT NOT NULL CHECK (flag IN ('S', 'T', '2', 'M', 'D', 'A')),
    claimed TEXT NOT NULL,
    measurement TEXT NOT NULL, -- what was measured
    measured TEXT, -- NULL: not measured
    rule TEXT NOT NULL, -- when it counts as reproduced
    verdict TEXT NOT NULL
        CHECK (verdict IN ('reproduced', 'differs', 'unverified', 'not_measured')),
    reason TEXT NOT NULL,
    CHECK ((measured IS NULL) = (verdict = 'not_measured'))
) STRICT, WITHOUT ROWID;

CREATE TABLE charts (
    name TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    alt TEXT NOT NULL, -- what the chart shows, in words
    svg TEXT NOT NULL,
    png BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- ---- views: the questions that people ask. Cycles are reals; all but the first speak of
-- finished replays only, and of the measured phase where they have no column `phase` ----

-- What `--set` changed in a machine. (Of machines of reports before version 3, figures
-- alone are known.)
CREATE VIEW machine_changes AS
SELECT m.machine, c.key AS position, c.value AS change
FROM machines m, json_each(m.resolved, '$.changes') c
UNION ALL
SELECT f.machine, min(f.position), substr(f.source, 8)
FROM machine_figures f JOIN machines m USING (machine)
WHERE f.source LIKE 'set by %' AND json_type(m.resolved, '$.changes') IS NULL
GROUP BY f.machine, f.source;

-- A machine's label for people: its name and what was changed, if that is short; and its
-- key, for names of files. Both are unique: machines that they do not tell apart have a
-- part of their hash, or all of it, behind them.
CREATE VIEW machine_labels AS
WITH changed AS (
    SELECT machine, name, sha256,
           (SELECT count(*) FROM machine_changes c WHERE c.machine = m.machine)
               AS changes,
           coalesce((SELECT group_concat(change, ', ') FROM
               (SELECT change FROM machine_changes c WHERE c.machine = m.machine
                ORDER BY change)), '') AS list,
           (SELECT min(change) FROM machine_changes c WHERE c.machine = m.machine) AS one
    FROM machines m),
named AS (
    SELECT *, name || CASE
               WHEN changes = 0 THEN ''
               WHEN length(list) <= 36 THEN ', ' || list
               WHEN changes = 1 THEN ', ' || substr(one, 1, 35) || '…'
               ELSE ', ' || iif(length(one) <= 28, one, substr(one, 1, 27) || '…')
                    || ' and ' || (changes - 1) || ' more' END AS short,
           count(*) OVER (PARTITION BY name) AS namesakes,
           sum(changes = 0) OVER (PARTITION BY name) AS unchanged
    FROM changed),
told AS (
    SELECT *, name || iif(iif(changes = 0, unchanged, namesakes) > 1,
                          '-' || substr(sha256, 1, 6), '') AS short_key,
           short || iif(count(*) OVER (PARTITION BY short) > 1,
                        '-' || substr(sha256, 1, 6), '') AS mark
    FROM named)
SELECT machine,
       mark || iif(count(*) OVER (PARTITION BY mark) > 1, '-' || sha256, '') AS label,
       short_key || iif(count(*) OVER (PARTITION BY short_key) > 1, '-' || sha256, '')
           AS key,
       list AS changes
FROM told;

-- What is in this file? `variant` is what else the scenario was asked for, apart from how
-- often to do it.
CREATE VIEW replay_list AS
SELECT r.replay, t.scenario,
       coalesce((SELECT group_concat(key || '=' || value, ' ')
                 FROM json_each(t.header, '$.knobs')
                 WHERE key NOT IN ('pages', 'requests', 'warm_up', 'warmup')), '')
           AS variant,
       t.structure, CAST(json_extract(t.header, '$.knobs.pages') AS INTEGER) AS pages,
       m.label AS machine, r.state, r.total_mcycles / 1000.0 AS total_cycles,
       t.records, t.lost AS lost_records,
       (SELECT coalesce(sum(records), 0) FROM repairs p WHERE p.replay = r.replay)
           AS repaired_records,
       t.trace, m.machine AS machine_id
FROM replays r JOIN traces t USING (trace) JOIN machine_labels m USING (machine)
ORDER BY t.scenario, variant, m.label, t.structure, pages, r.replay;

-- What does a crossing cost, by its kind? Means, and how the total is distributed. Credits
-- that belong to no one crossing (policy) are not in its bill, but in the ledger alone.
CREATE VIEW crossing_bill AS
SELECT l.replay, l.scenario, l.variant, l.structure, l.pages, l.machine, c.phase, c.kind,
       c.crossings,
       1.0 * c.instructions / c.crossings AS instructions,
       e.sum_mcycles / 1000.0 / c.crossings AS explicit_cycles,
       i.sum_mcycles / 1000.0 / c.crossings AS implicit_cycles,
       t.sum_mcycles / 1000.0 / c.crossings AS total_cycles,
       t.min_mcycles / 1000.0 AS min_cycles, t.median_mcycles / 1000.0 AS median_cycles,
       t.p90_mcycles / 1000.0 AS p90_cycles, t.p99_mcycles / 1000.0 AS p99_cycles,
       t.max_mcycles / 1000.0 AS max_cycles
FROM crossings c
JOIN replay_list l ON l.replay = c.replay AND l.state = 'done'
JOIN crossing_kinds k ON k.kind = c.kind
JOIN crossing_distributions t
    ON (t.replay, t.phase, t.kind, t.quantity) = (c.replay, c.phase, c.kind, 'total')
JOIN crossing_distributions e
    ON (e.replay, e.phase, e.kind, e.quantity) = (c.replay, c.phase, c.kind, 'explicit')
JOIN crossing_distributions i
    ON (i.replay, i.phase, i.kind, i.quantity) = (c.replay, c.phase, c.kind, 'implicit')
ORDER BY l.scenario, l.variant, l.machine, l.structure, l.pages, c.replay, c.phase,
         k.position;

-- The same bill, item by item.
CREATE VIEW crossing_bill_lines AS
SELECT l.replay, l.scenario, l.variant, l.structure, l.pages, l.machine, a.phase, a.kind,
       n.account_group, a.account, a.mcycles / 1000.0 / c.crossings AS cycles
FROM crossing_accounts a
JOIN crossings c ON (c.replay, c.phase, c.kind) = (a.replay, a.phase, a.kind)
JOIN replay_list l ON l.replay = a.replay AND l.state = 'done'
JOIN accounts n ON n.account = a.account
JOIN crossing_kinds k ON k.kind = a.kind
ORDER BY l.scenario, l.variant, l.machine, l.structure, l.pages, a.replay, a.phase,
         k.position, n.position;

-- Who crosses on whose behalf? A row for each kind of crossing on whose behalf others were
-- made, a column for each kind of these: the cycles of their own bills, all together.
CREATE VIEW on_whose_behalf AS
SELECT l.replay, l.scenario, l.variant, l.structure, l.pages, l.machine, p.phase, p.parent,
       sum(p.crossings) AS crossings,
       sum(p.mcycles) FILTER (WHERE p.kind = 'call') / 1000.0 AS call,
       sum(p.mcycles) FILTER (WHERE p.kind = 'ipc_call') / 1000.0 AS ipc_call,
       sum(p.mcycles) FILTER (WHERE p.kind = 'ipc_reply') / 1000.0 AS ipc_reply,
       sum(p.mcycles) FILTER (WHERE p.kind = 'ipc_send') / 1000.0 AS ipc_send,
       sum(p.mcycles) FILTER (WHERE p.kind = 'fault') / 1000.0 AS fault,
       sum(p.mcycles) FILTER (WHERE p.kind = 'interrupt') / 1000.0 AS interrupt,
       sum(p.mcycles) / 1000.0 AS all_cycles
FROM crossing_parents p
JOIN replay_list l ON l.replay = p.replay AND l.state = 'done'
LEFT JOIN crossing_kinds k ON k.kind = p.parent
GROUP BY p.replay, p.phase, p.parent
ORDER BY l.scenario, l.variant, l.machine, l.structure, l.pages, p.replay, p.phase,
         k.position IS NOT NULL, k.position;

-- What does a crossing cost with those made on its behalf, and on theirs? A server's call
-- to another server is part of what its caller paid for.
CREATE VIEW rolled_up AS
SELECT l.replay, l.scenario, l.variant, l.structure, l.pages, l.machine, c.phase, c.kind,
       c.crossings,
       t.sum_mcycles / 1000.0 / c.crossings AS own_cycles,
       (w.sum_mcycles - t.sum_mcycles) / 1000.0 / c.crossings AS children_cycles,
       w.sum_mcycles / 1000.0 / c.crossings AS with_children_cycles,
       w.min_mcycles / 1000.0 AS min_cycles, w.median_mcycles / 1000.0 AS median_cycles,
       w.p90_mcycles / 1000.0 AS p90_cycles, w.p99_mcycles / 1000.0 AS p99_cycles,
       w.max_mcycles / 1000.0 AS max_cycles
FROM crossings c
JOIN replay_list l ON l.replay = c.replay AND l.state = 'done'
JOIN crossing_kinds k ON k.kind = c.kind
JOIN crossing_distributions t
    ON (t.replay, t.phase, t.kind, t.quantity) = (c.replay, c.phase, c.kind, 'total')
JOIN crossing_distributions w
    ON (w.replay, w.phase, w.kind, w.quantity) =
       (c.replay, c.phase, c.kind, 'with_children')
ORDER BY l.scenario, l.variant, l.machine, l.structure, l.pages, c.replay, c.phase,
         k.position;

-- Explicit against implicit: where did all the cycles go?
CREATE VIEW explicit_implicit AS
SELECT l.replay, l.scenario, l.variant, l.structure, l.pages, l.machine, s.phase,
       s.work / 1000.0 AS work_cycles, s.competition / 1000.0 AS competition_cycles,
       s.explicit / 1000.0 AS explicit_cycles, s.implicit / 1000.0 AS implicit_cycles,
       s.idle / 1000.0 AS idle_cycles, s.total / 1000.0 AS total_cycles,
       100.0 * (s.explicit + s.implicit) / nullif(s.total, 0) AS boundary_percent
FROM (SELECT g.replay, g.phase,
             sum(iif(n.account_group = 'work', g.mcycles, 0)) AS work,
             sum(iif(n.account_group = 'competition', g.mcycles, 0)) AS competition,
             sum(iif(n.account_group = 'explicit', g.mcycles, 0)) AS explicit,
             sum(iif(n.account_group = 'implicit', g.mcycles, 0)) AS implicit,
             sum(iif(n.account_group = 'idle', g.mcycles, 0)) AS idle,
             sum(g.mcycles) AS total
      FROM (SELECT replay, phase, account, instruction_mcycles + memory_mcycles AS mcycles
            FROM ledger) g
      JOIN accounts n ON n.account = g.account
      GROUP BY g.replay, g.phase) s
JOIN replay_list l ON l.replay = s.replay AND l.state = 'done'
ORDER BY l.scenario, l.variant, l.machine, l.structure, l.pages, l.replay, s.phase;

-- The same, account by account: all of them, also those of nothing.
CREATE VIEW by_account AS
SELECT e.replay, e.scenario, e.variant, e.structure, e.pages, e.machine, e.phase,
       n.account_group, n.account, coalesce(g.mcycles, 0) / 1000.0 AS cycles
FROM explicit_implicit e CROSS JOIN accounts n
LEFT JOIN (SELECT replay, phase, account,
                  sum(instruction_mcycles + memory_mcycles) AS mcycles
           FROM ledger GROUP BY replay, phase, account) g
    ON (g.replay, g.phase, g.account) = (e.replay, e.phase, n.account)
ORDER BY e.scenario, e.variant, e.machine, e.structure, e.pages, e.replay, e.phase,
         n.position;

-- How do the structures compare? Per request of the workload.
CREATE VIEW by_structure AS
SELECT l.replay, l.scenario, l.variant, l.pages, l.machine, l.structure, p.requests,
       1.0 * i.instructions / p.requests AS instructions_per_request,
       e.total_cycles / p.requests AS cycles_per_request,
       e.work_cycles / p.requests AS work_per_request,
       e.competition_cycles / p.requests AS competition_per_request,
       e.explicit_cycles / p.requests AS explicit_per_request,
       e.implicit_cycles / p.requests AS implicit_per_request,
       e.idle_cycles / p.requests AS idle_per_request,
       i.memory_mcycles / 1000.0 / nullif(i.instructions, 0)
           AS memory_cycles_per_instruction,
       1.0 * (p.space_switches_cr3 + p.space_switches_segment) / p.requests
           AS space_switches_per_request,
       1.0 * p.thread_switches / p.requests AS thread_switches_per_request,
       1.0 * coalesce(c.crossings, 0) / p.requests AS crossings_per_request
FROM replay_list l
JOIN phases p ON p.replay = l.replay AND p.phase = 'measured' AND p.requests > 0
JOIN explicit_implicit e ON e.replay = l.replay AND e.phase = 'measured'
JOIN (SELECT replay, sum(instructions) AS instructions,
             sum(memory_mcycles) AS memory_mcycles
      FROM ledger WHERE phase = 'measured' GROUP BY replay) i ON i.replay = l.replay
LEFT JOIN (SELECT replay, sum(crossings) AS crossings
           FROM crossings WHERE phase = 'measured' GROUP BY replay) c
    ON c.replay = l.replay
WHERE l.state = 'done'
ORDER BY l.scenario, l.variant, l.pages, l.machine, l.structure, l.replay;

-- Which structure wins on which machine, by what the boundary costs a request? place 1 is
-- the cheapest. (Work has the same instructions in all; its misses differ a little with
-- where things lie, which is not the structure's doing.)
CREATE VIEW structure_matrix AS
SELECT scenario, variant, pages, machine, structure,
       explicit_per_request + implicit_per_request AS boundary_per_request,
       explicit_per_request, implicit_per_request, cycles_per_request,
       rank() OVER (PARTITION BY scenario, variant, pages, machine
                    ORDER BY explicit_per_request + implicit_per_request) AS place
FROM by_structure
ORDER BY scenario, variant, pages, machine, place, structure;

-- What was each domain charged, and how large is it in use?
CREATE VIEW by_domain AS
SELECT l.replay, l.scenario, l.variant, l.structure, l.pages, l.machine,
       d.name AS domain, d.kind,
       v.visits, 1.0 * v.pages / nullif(v.visits, 0) AS pages_per_visit,
       1.0 * v.lines / nullif(v.visits, 0) AS lines_per_visit,
       coalesce(g.work, 0) / 1000.0 AS work_cycles,
       coalesce(g.competition, 0) / 1000.0 AS competition_cycles,
       coalesce(g.explicit, 0) / 1000.0 AS explicit_cycles,
       coalesce(g.implicit, 0) / 1000.0 AS implicit_cycles
FROM visits v
JOIN replay_list l ON l.replay = v.replay AND l.state = 'done'
JOIN domains d ON d.domain = v.domain
LEFT JOIN (SELECT g.replay, g.domain,
                  sum(iif(n.account_group = 'work', g.mcycles, 0)) AS work,
                  sum(iif(n.account_group = 'competition', g.mcycles, 0)) AS competition,
                  sum(iif(n.account_group = 'explicit', g.mcycles, 0)) AS explicit,
                  sum(iif(n.account_group = 'implicit', g.mcycles, 0)) AS implicit
           FROM (SELECT replay, domain, account,
                        instruction_mcycles + memory_mcycles AS mcycles
                 FROM ledger WHERE phase = 'measured') g
           JOIN accounts n ON n.account = g.account
           GROUP BY g.replay, g.domain) g ON (g.replay, g.domain) = (v.replay, v.domain)
WHERE v.phase = 'measured'
ORDER BY l.scenario, l.variant, l.machine, l.structure, l.pages, l.replay, d.number;

-- How does what the boundary costs grow with the size of the domains? Per request of the
-- workload (in scenario pingpong: one call and its reply), for traces whose scenario has a
-- knob `pages`. Credits are part of the implicit cost, and negative. pages_per_visit is
-- what was measured: the mean over all visits to user domains.
CREATE VIEW domain_size AS
SELECT l.replay, l.scenario, l.variant, l.machine, l.structure, l.pages,
       v.pages_per_visit, p.requests,
       b.explicit / 1000.0 / p.requests AS explicit_cycles,
       b.implicit / 1000.0 / p.requests AS implicit_cycles,
       (b.explicit + b.implicit) / 1000.0 / p.requests AS total_cycles,
       b.refill / 1000.0 / p.requests AS refill_cycles,
       b.credit / 1000.0 / p.requests AS credit_cycles
FROM replay_list l
JOIN phases p ON p.replay = l.replay AND p.phase = 'measured' AND p.requests > 0
JOIN (SELECT g.replay, sum(iif(n.account_group = 'explicit', g.mcycles, 0)) AS explicit,
             sum(iif(n.account_group = 'implicit', g.mcycles, 0)) AS implicit,
             sum(iif(g.account IN ('refill_after_flush', 'path_refill_after_flush'),
                     g.mcycles, 0)) AS refill,
             sum(iif(g.account IN ('credit_shared_line', 'credit_policy'),
                     g.mcycles, 0)) AS credit
      FROM (SELECT replay, account, instruction_mcycles + memory_mcycles AS mcycles
            FROM ledger WHERE phase = 'measured') g
      JOIN accounts n ON n.account = g.account
      GROUP BY g.replay) b ON b.replay = l.replay
LEFT JOIN (SELECT v.replay, 1.0 * sum(v.pages) / nullif(sum(v.visits), 0)
                      AS pages_per_visit
           FROM visits v JOIN domains d ON d.domain = v.domain AND d.kind <> 'kernel'
           WHERE v.phase = 'measured' GROUP BY v.replay) v ON v.replay = l.replay
WHERE l.state = 'done' AND l.pages IS NOT NULL
ORDER BY l.scenario, l.variant, l.machine, l.structure, l.pages, l.replay;

-- What does a switch of address space lose? Entries are observed (fetched again after a
-- flush), cycles are the counterfactual (what the flush cost beyond a world without it).
CREATE VIEW refill_per_switch AS
SELECT l.replay, l.scenario, l.variant, l.structure, l.pages, l.machine,
       p.space_switches_cr3 AS switches,
       1.0 * coalesce(r.itlb, 0) / p.space_switches_cr3 AS itlb_entries,
       1.0 * coalesce(r.dtlb, 0) / p.space_switches_cr3 AS dtlb_entries,
       coalesce(g.refill, 0) / 1000.0 / p.space_switches_cr3 AS refill_cycles,
       coalesce(g.path_refill, 0) / 1000.0 / p.space_switches_cr3 AS path_refill_cycles
FROM replay_list l
JOIN phases p
    ON p.replay = l.replay AND p.phase = 'measured' AND p.space_switches_cr3 > 0
LEFT JOIN (SELECT replay, sum(iif(component = 'itlb', after_flush, 0)) AS itlb,
                  sum(iif(component = 'dtlb', after_flush, 0)) AS dtlb
           FROM refills WHERE phase = 'measured' GROUP BY replay) r
    ON r.replay = l.replay
LEFT JOIN (SELECT replay,
                  sum(iif(account = 'refill_after_flush',
                          instruction_mcycles + memory_mcycles, 0)) AS refill,
                  sum(iif(account = 'path_refill_after_flush',
                          instruction_mcycles + memory_mcycles, 0)) AS path_refill
           FROM ledger WHERE phase = 'measured' GROUP BY replay) g
    ON g.replay = l.replay
WHERE l.state = 'done'
ORDER BY l.scenario, l.variant, l.machine, l.structure, l.pages, l.replay;

-- How much of what a domain used is still there when it is entered again?
CREATE VIEW warmth AS
SELECT l.replay, l.scenario, l.variant, l.structure, l.pages, l.machine, e.phase,
       d.name AS domain, e.component, e.asked, e.resident,
       100.0 * e.resident / e.asked AS warm_percent
FROM reentries e
JOIN replay_list l ON l.replay = e.replay AND l.state = 'done'
JOIN domains d ON d.domain = e.domain
JOIN components c ON c.component = e.component
ORDER BY l.scenario, l.variant, l.machine, l.structure, l.pages, e.replay, e.phase,
         d.number, c.position;

-- Which traces had to be put right, and how?
CREATE VIEW repaired AS
SELECT l.replay, l.scenario, l.variant, l.structure, l.pages, l.machine, p.repair,
       p.records, k.title
FROM repairs p
JOIN replay_list l ON l.replay = p.replay AND l.state = 'done'
JOIN repair_kinds k ON k.repair = p.repair
ORDER BY l.scenario, l.variant, l.machine, l.structure, l.pages, l.replay, k.position;

-- Which part of the memory system do the cycles go to?
CREATE VIEW memory_by_component AS
SELECT l.replay, l.scenario, l.variant, l.structure, l.pages, l.machine, e.phase,
       n.account_group, e.component, sum(e.events) AS events,
       sum(e.events * m.event_mcycles) / 1000.0 AS cycles
FROM ledger_events e
JOIN replay_list l ON l.replay = e.replay AND l.state = 'done'
JOIN accounts n ON n.account = e.account
JOIN account_groups g ON g.account_group = n.account_group
JOIN components c ON c.component = e.component
JOIN machine_components m
    ON (m.machine, m.side, m.component) = (l.machine_id, e.side, e.component)
GROUP BY e.replay, e.phase, n.account_group, e.component
ORDER BY l.scenario, l.variant, l.machine, l.structure, l.pages, e.replay, e.phase,
         g.position, c.position;

-- How often does each TLB and cache miss?
CREATE VIEW misses AS
SELECT l.replay, l.scenario, l.variant, l.structure, l.pages, l.machine, s.name,
       s.fetches + s.loads + s.stores AS accesses,
       s.fetch_misses + s.load_misses + s.store_misses AS misses,
       100.0 * (s.fetch_misses + s.load_misses + s.store_misses)
           / nullif(s.fetches + s.loads + s.stores, 0) AS miss_percent,
       s.flushes, s.flushed_entries
FROM structure_counters s
JOIN replay_list l ON l.replay = s.replay AND l.state = 'done'
ORDER BY l.scenario, l.variant, l.machine, l.structure, l.pages, l.replay, s.position;

-- Who cost whom?
CREATE VIEW who_did_it AS
SELECT l.replay, l.scenario, l.variant, l.structure, l.pages, l.machine, v.name AS victim,
       coalesce(d.name, 'the path') AS culprit, c.mcycles / 1000.0 AS cycles
FROM culprits c
JOIN replay_list l ON l.replay = c.replay AND l.state = 'done'
JOIN domains v ON v.domain = c.victim
LEFT JOIN domains d ON d.domain = c.culprit
WHERE c.phase = 'measured'
ORDER BY l.scenario, l.variant, l.machine, l.structure, l.pages, l.replay,
         c.mcycles DESC, v.number, d.number;

-- Who holds which TLB or cache, when? Cycles since the first moment of its extent.
CREATE VIEW occupancy_over_time AS
SELECT l.replay, l.scenario, l.variant, l.structure, l.pages, l.machine, o.extent,
       s.phase, s.sample,
       (s.at_mcycles - first_value(s.at_mcycles) OVER
           (PARTITION BY o.replay, o.extent ORDER BY s.sample)) / 1000.0 AS at_cycles,
       s.at_switch, m.name, m.what,
       coalesce(d.name, iif(o.holder = 33, 'the path', 'other domains')) AS holder,
       o.entries, 100.0 * o.entries / m.entries AS percent
FROM occupancy o
JOIN occupancy_samples s USING (replay, extent, sample)
JOIN replay_list l ON l.replay = o.replay AND l.state = 'done'
JOIN machine_structures m ON (m.machine, m.position) = (l.machine_id, o.position)
LEFT JOIN domains d ON d.domain = o.domain
ORDER BY l.scenario, l.variant, l.machine, l.structure, l.pages, o.replay,
         o.extent DESC, o.position, o.sample, o.holder;

-- Who holds it on average, over the measured phase?
CREATE VIEW who_holds AS
SELECT l.replay, l.scenario, l.variant, l.structure, l.pages, l.machine, m.name,
       coalesce(d.name, iif(o.holder = 33, 'the path', 'other domains')) AS holder,
       1.0 * sum(o.entries) / n.samples AS mean_entries, m.entries AS of_entries,
       100.0 * sum(o.entries) / n.samples / m.entries AS mean_percent
FROM occupancy o
JOIN occupancy_samples s ON (s.replay, s.extent, s.sample) =
                            (o.replay, o.extent, o.sample)
JOIN (SELECT replay, count(*) AS samples FROM occupancy_samples
      WHERE extent = 'trace' AND phase = 'measured' GROUP BY replay) n
    ON n.replay = o.replay
JOIN replay_list l ON l.replay = o.replay AND l.state = 'done'
JOIN machine_structures m ON (m.machine, m.position) = (l.machine_id, o.position)
LEFT JOIN domains d ON d.domain = o.domain
WHERE s.extent = 'trace' AND s.phase = 'measured'
GROUP BY o.replay, o.position, o.holder
ORDER BY l.scenario, l.variant, l.machine, l.structure, l.pages, o.replay, o.position,
         o.holder;

-- How soon is a domain itself again after it was entered? Cycles that an access costs
-- beyond a world without the boundary, and together since the domain was entered.
CREATE VIEW recovery_curve AS
SELECT l.replay, l.scenario, l.variant, l.structure, l.pages, l.machine, r.phase, r.how,
       1 << r.bucket AS from_access, r.accesses,
       r.isolation_mcycles / 1000.0 / r.accesses AS isolation_per_access,
       r.credit_mcycles / 1000.0 / r.accesses AS credit_per_access,
       sum(r.isolation_mcycles + r.credit_mcycles) OVER
           (PARTITION BY r.replay, r.phase, r.how ORDER BY r.bucket)
           / 1000.0 / first_value(r.accesses) OVER
           (PARTITION BY r.replay, r.phase, r.how ORDER BY r.bucket)
           AS cycles_so_far_per_entry
FROM recovery r JOIN replay_list l ON l.replay = r.replay AND l.state = 'done'
ORDER BY l.scenario, l.variant, l.machine, l.structure, l.pages, r.replay, r.phase,
         r.how, r.bucket;

-- What does a crossing cost, one by one?
CREATE VIEW crossing_costs AS
SELECT l.replay, l.scenario, l.variant, l.structure, l.pages, l.machine, h.phase, h.kind,
       h.low_mcycles / 1000.0 AS from_cycles, h.high_mcycles / 1000.0 AS to_cycles,
       h.crossings, 100.0 * h.crossings / c.crossings AS percent
FROM crossing_histograms h
JOIN crossings c ON (c.replay, c.phase, c.kind) = (h.replay, h.phase, h.kind)
JOIN crossing_kinds k ON k.kind = h.kind
JOIN replay_list l ON l.replay = h.replay AND l.state = 'done'
ORDER BY l.scenario, l.variant, l.machine, l.structure, l.pages, h.replay, h.phase,
         k.position, h.low_mcycles;

-- Where was the processor during the first requests, and what did it miss there? Cycles
-- since the stretch began.
CREATE VIEW first_requests AS
SELECT l.replay, l.scenario, l.variant, l.structure, l.pages, l.machine, s.span,
       d.name AS lane, s.entered_by,
       (s.from_mcycles - first_value(s.from_mcycles) OVER
           (PARTITION BY s.replay ORDER BY s.span)) / 1000.0 AS at_cycles,
       (s.to_mcycles - s.from_mcycles) / 1000.0 AS cycles, s.tlb_misses, s.cache_misses,
       s.refilled_after_flush, s.refilled_after_eviction, s.switches_cr3,
       s.switches_segment
FROM stretch_spans s
JOIN replay_list l ON l.replay = s.replay AND l.state = 'done'
JOIN domains d ON d.domain = s.domain
ORDER BY l.scenario, l.variant, l.machine, l.structure, l.pages, s.replay, s.span;

-- Which sweeps are there?
CREATE VIEW sweep_list AS
SELECT s.sweep, t.scenario,
       coalesce((SELECT group_concat(key || '=' || value, ' ')
                 FROM json_each(t.header, '$.knobs')
                 WHERE key NOT IN ('pages', 'requests', 'warm_up', 'warmup')), '')
           AS variant,
       t.structure, CAST(json_extract(t.header, '$.knobs.pages') AS INTEGER) AS pages,
       m.label AS machine, s.state, s.points,
       (SELECT count(*) FROM sweep_points p WHERE p.sweep = s.sweep) AS points_done,
       (SELECT group_concat(path, ', ') FROM
        (SELECT path FROM sweep_axes a WHERE a.sweep = s.sweep ORDER BY axis)) AS varied,
       s.requests
FROM sweeps s JOIN traces t USING (trace) JOIN machine_labels m USING (machine)
ORDER BY t.scenario, variant, m.label, varied, t.structure, pages, s.sweep;

-- What does each point of a sweep come to? Cycles per request.
CREATE VIEW sweep_results AS
SELECT l.sweep, l.scenario, l.variant, l.structure, l.pages, l.machine, p.point,
       (SELECT group_concat(path || '=' || value, ' ') FROM
        (SELECT a.path, v.value FROM sweep_axes a JOIN sweep_values v
             ON (v.sweep, v.axis, v.position) =
                (a.sweep, a.axis, p.point / a.stride % a.length)
         WHERE a.sweep = p.sweep ORDER BY a.axis)) AS settings,
       p.work_mcycles / 1000.0 / l.requests AS work_cycles,
       p.competition_mcycles / 1000.0 / l.requests AS competition_cycles,
       p.explicit_mcycles / 1000.0 / l.requests AS explicit_cycles,
       p.implicit_mcycles / 1000.0 / l.requests AS implicit_cycles,
       p.idle_mcycles / 1000.0 / l.requests AS idle_cycles,
       (p.work_mcycles + p.competition_mcycles + p.explicit_mcycles +
        p.implicit_mcycles + p.idle_mcycles) / 1000.0 / l.requests AS total_cycles,
       p.refused
FROM sweep_points p JOIN sweep_list l USING (sweep)
ORDER BY l.scenario, l.variant, l.machine, l.varied, l.structure, l.pages, l.sweep,
         p.point;

-- Which domain pays at each point of a sweep, in which account, and for which misses? Cycles
-- and events per request.
CREATE VIEW sweep_by_domain AS
SELECT r.sweep, r.scenario, r.variant, r.structure, r.pages, r.machine, r.point, r.settings,
       n.name AS domain, g.account_group, d.account,
       d.mcycles / 1000.0 / s.requests AS cycles,
       1.0 * d.itlb / s.requests AS itlb, 1.0 * d.dtlb / s.requests AS dtlb,
       1.0 * d.stlb / s.requests AS stlb, 1.0 * d.walk / s.requests AS walk,
       1.0 * d.l1i / s.requests AS l1i, 1.0 * d.l1d / s.requests AS l1d,
       1.0 * d.l2 / s.requests AS l2, 1.0 * d.l3 / s.requests AS l3,
       1.0 * d.memory / s.requests AS memory
FROM sweep_results r JOIN sweeps s USING (sweep)
JOIN sweep_domains d ON (d.sweep, d.point) = (r.sweep, r.point)
JOIN domains n ON n.domain = d.domain
JOIN accounts g ON g.account = d.account
ORDER BY r.scenario, r.variant, r.machine, r.sweep, r.point, n.number, g.position;

-- How far off is the closed form? Cycles of a request: predicted, replayed (null: not
-- recorded), and the error of the boundary's cost. from_pages: of the footprints.
CREATE VIEW closed_form AS
SELECT c.prediction, t.scenario,
       coalesce((SELECT group_concat(key || '=' || value, ' ')
                 FROM json_each(t.header, '$.knobs')
                 WHERE key NOT IN ('pages', 'requests', 'warm_up', 'warmup')), '')
           AS variant,
       t.structure, m.label AS machine, c.visit_order,
       json_extract(c.footprints, '$.pages') AS from_pages, p.pages,
       p.explicit_mcycles / 1000.0 AS explicit_cycles,
       (p.isolation_tlb_mcycles + p.isolation_cache_mcycles + p.path_tlb_mcycles +
        p.path_cache_mcycles) / 1000.0 AS implicit_cycles,
       (p.explicit_mcycles + p.isolation_tlb_mcycles + p.isolation_cache_mcycles +
        p.path_tlb_mcycles + p.path_cache_mcycles) / 1000.0 AS total_cycles,
       (p.competition_tlb_mcycles + p.competition_cache_mcycles) / 1000.0
           AS competition_cycles,
       b.explicit_per_request AS replayed_explicit_cycles,
       b.implicit_per_request AS replayed_implicit_cycles,
       b.explicit_per_request + b.implicit_per_request AS replayed_total_cycles,
       b.competition_per_request AS replayed_competition_cycles,
       100.0 * ((p.explicit_mcycles + p.isolation_tlb_mcycles +
                 p.isolation_cache_mcycles + p.path_tlb_mcycles + p.path_cache_mcycles)
                    / 1000.0 / nullif(b.explicit_per_request + b.implicit_per_request, 0)
                - 1) AS error_percent
FROM predictions c
JOIN prediction_points p ON p.prediction = c.prediction
JOIN machine_labels m ON m.machine = c.machine
LEFT JOIN traces t ON t.trace = coalesce(c.trace,
    (SELECT min(trace) FROM prediction_points o WHERE o.prediction = c.prediction))
LEFT JOIN replays r ON (r.trace, r.machine, r.options) = (p.trace, c.machine, '{}')
    AND r.state = 'done'
LEFT JOIN by_structure b ON b.replay = r.replay
ORDER BY t.scenario, variant, m.label, t.structure, c.visit_order, from_pages,
         c.prediction, p.pages;

-- What was begun and never finished?
CREATE VIEW unfinished AS
SELECT 'study' AS what, name FROM studies WHERE state = 'running'
UNION ALL
SELECT 'replay', scenario || coalesce(', ' || nullif(structure, ''), '') ||
       coalesce(', ' || pages || ' pages', '') || ' on ' || machine
FROM replay_list WHERE state = 'running'
UNION ALL
SELECT 'sweep', t.scenario || coalesce(', ' || nullif(t.structure, ''), '') ||
       ' on ' || m.name
FROM sweeps s JOIN traces t USING (trace) JOIN machines m USING (machine)
WHERE s.state = 'running';
