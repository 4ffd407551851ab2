PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE account_groups (
    account_group TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
INSERT INTO account_groups VALUES('competition',1);
INSERT INTO account_groups VALUES('explicit',2);
INSERT INTO account_groups VALUES('idle',4);
INSERT INTO account_groups VALUES('implicit',3);
INSERT INTO account_groups VALUES('work',0);
CREATE TABLE accounts (
    account TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE,
    account_group TEXT NOT NULL REFERENCES account_groups,
    title TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO accounts VALUES('binding',7,'explicit','binding');
INSERT INTO accounts VALUES('border',3,'explicit','border');
INSERT INTO accounts VALUES('competition',1,'competition','competition');
INSERT INTO accounts VALUES('competition_credit',2,'competition','competition, credit');
INSERT INTO accounts VALUES('credit_policy',15,'implicit','credit, policy');
INSERT INTO accounts VALUES('credit_shared_line',14,'implicit','credit, shared line');
INSERT INTO accounts VALUES('displaced',13,'implicit','displaced');
INSERT INTO accounts VALUES('idle',16,'idle','idle');
INSERT INTO accounts VALUES('kernel_path',4,'explicit','kernel path');
INSERT INTO accounts VALUES('path_capacity',11,'implicit','path, displaced by itself');
INSERT INTO accounts VALUES('path_cold',8,'implicit','path, cold');
INSERT INTO accounts VALUES('path_displaced',10,'implicit','path, displaced by work');
INSERT INTO accounts VALUES('path_refill_after_flush',9,'implicit','path, refill after flush');
INSERT INTO accounts VALUES('refill_after_flush',12,'implicit','refill after flush');
INSERT INTO accounts VALUES('space_switch',6,'explicit','space switch');
INSERT INTO accounts VALUES('thread_switch',5,'explicit','thread switch');
INSERT INTO accounts VALUES('work',0,'work','work');
CREATE TABLE components (
    component TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
INSERT INTO components VALUES('dtlb',1);
INSERT INTO components VALUES('itlb',0);
INSERT INTO components VALUES('l1d',5);
INSERT INTO components VALUES('l1i',4);
INSERT INTO components VALUES('l2',6);
INSERT INTO components VALUES('l3',7);
INSERT INTO components VALUES('memory',8);
INSERT INTO components VALUES('stlb',2);
INSERT INTO components VALUES('walk',3);
CREATE TABLE crossing_kinds (
    kind TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
INSERT INTO crossing_kinds VALUES('call',0);
INSERT INTO crossing_kinds VALUES('fault',4);
INSERT INTO crossing_kinds VALUES('interrupt',5);
INSERT INTO crossing_kinds VALUES('ipc_call',1);
INSERT INTO crossing_kinds VALUES('ipc_reply',2);
INSERT INTO crossing_kinds VALUES('ipc_send',3);
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
INSERT INTO traces VALUES(1,'0282509256ebf3cdd0d04e17d62f0d0244eb9da293faf4efc2223fbca485bc03','pingpong','l3-large','crossbill 0.1.0','{"scenario":"pingpong","structure":"l3-large","tool":"crossbill 0.1.0","kernel_sha256":"30969e087c331617f5b1f687be7abe2478aee5492de13a1a6c1c2879677136c3","qemu":"7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)","cpu":"pentium","memory_mib":64,"knobs":{"pages":"1","requests":"2","warmup":"1"}}',1,7712,3790,0,NULL);
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
INSERT INTO domains VALUES(1,1,0,'kernel','kernel',3221225472,3288334336);
INSERT INTO domains VALUES(2,1,2,'pong','large',0,2147483648);
INSERT INTO domains VALUES(3,1,3,'pager','large',0,2147483648);
INSERT INTO domains VALUES(4,1,1,'ping','large',0,2147483648);
CREATE TABLE machines (
    machine INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE
        CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    clock_khz INTEGER NOT NULL CHECK (clock_khz >= 0),
    resolved TEXT NOT NULL CHECK (json_valid(resolved))
) STRICT;
INSERT INTO machines VALUES(1,'89de88f4b96b8614e03ac221855b638029d466208c0acfc52b2d01a9889aa830','tiny','A teaching machine, small enough to follow by hand',1000,replace('{\n "cache": {\n  "l1": {\n   "asid_bits": 0,\n   "holds": "both",\n   "inclusion": "neither",\n   "index": "physical",\n   "latency": 0,\n   "level": {\n    "flag": "A",\n    "source": "chosen for teaching: no processor",\n    "value": 1\n   },\n   "line": {\n    "flag": "A",\n    "source": "chosen for teaching: no processor",\n    "value": 16\n   },\n   "replacement": "lru",\n   "seed": 1,\n   "size": {\n    "flag": "A",\n    "source": "chosen for teaching: no processor",\n    "value": 256\n   },\n   "tag": "physical",\n   "ways": {\n    "flag": "A",\n    "source": "chosen for teaching: no processor",\n    "value": 2\n   },\n   "write": "through",\n   "write_allocate": true\n  }\n },\n "clock_khz": {\n  "flag": "A",\n  "source": "chosen for teaching: no processor",\n  "value": 1000\n },\n "instructions": {\n  "adc_mr": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "adc_rm": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "adc_rr": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "alu_mr": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "alu_rm": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "alu_rr": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "bit_change": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "bit_scan": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "bit_test": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "bswap": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "call": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "call_far": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "call_gate": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 20\n  },\n  "call_rm": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "cli": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "clts": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "cmov": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "cmps": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "convert": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "cpuid": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "div": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "enter": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "fault": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 20\n  },\n  "fpu": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "hlt": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "idiv": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "in": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "int": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 20\n  },\n  "int_same": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "interrupt": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 20\n  },\n  "invlpg": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "iret": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 10\n  },\n  "iret_same": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "jcc": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "jcc_taken": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "jmp": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "jmp_far": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "jmp_rm": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "lea": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "leave": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "lgdt": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "lldt": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "load_far": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "locked": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "lods": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "loop": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "loop_taken": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "ltr": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "mov_cr0": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "mov_cr3": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 2\n  },\n  "mov_mr": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "mov_r_cr": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "mov_r_sreg": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "mov_rm": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "mov_rr": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "mov_sreg_m": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "mov_sreg_r": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "movs": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "movx_rm": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "movx_rr": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "msr": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "mul": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "nop": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "other": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "out": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "pop_m": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "pop_r": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "pop_sreg": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "popa": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "popf": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "push_i": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "push_m": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "push_r": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "push_sreg": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "pusha": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "pushf": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "rdtsc": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "rep_cmps": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "rep_cmps_each": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "rep_lods": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "rep_lods_each": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "rep_movs": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "rep_movs_each": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "rep_scas": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "rep_scas_each": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "rep_stos": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "rep_stos_each": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "ret": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "ret_far": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "ret_gate": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 10\n  },\n  "scas": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "set_flag": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "setcc": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "shift_double": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "shift_m": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "shift_m_cl": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "shift_r": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "shift_r_cl": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "sti": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "stos": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "sysenter": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 20\n  },\n  "sysexit": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 10\n  },\n  "unknown": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "xchg_mr": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  },\n  "xchg_rr": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 1\n  }\n },\n "memory": {\n  "latency": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 5\n  }\n },\n "name": "tiny",\n "pairing": "none",\n "switch": {\n  "cr3_flushes": "all",\n  "kpti": false,\n  "process_context_ids": true,\n  "tags_run_out": "flush"\n },\n "title": "A teaching machine, small enough to follow by hand",\n "tlb": {\n  "tlb": {\n   "asid_bits": {\n    "flag": "A",\n    "source": "chosen for teaching: no processor",\n    "value": 0\n   },\n   "entries": {\n    "flag": "A",\n    "source": "chosen for teaching: no processor",\n    "value": 4\n   },\n   "global_pages": false,\n   "holds": "both",\n   "latency": 0,\n   "level": {\n    "flag": "A",\n    "source": "chosen for teaching: no processor",\n    "value": 1\n   },\n   "mode": "both",\n   "page_sizes": {\n    "flag": "A",\n    "source": "chosen for teaching: no processor",\n    "value": [\n     4096\n    ]\n   },\n   "replacement": "lru",\n   "seed": 1,\n   "ways": {\n    "flag": "A",\n    "source": "chosen for teaching: no processor",\n    "value": 4\n   }\n  }\n },\n "walk": {\n  "cycles": {\n   "flag": "A",\n   "source": "chosen for teaching: no processor",\n   "value": 10\n  },\n  "kind": "fixed"\n }\n}','\n',char(10)));
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
INSERT INTO machine_figures VALUES(1,0,'clock_khz','khz',1000,'A','chosen for teaching: no processor');
INSERT INTO machine_figures VALUES(1,1,'tlb.tlb.level','count',1,'A','chosen for teaching: no processor');
INSERT INTO machine_figures VALUES(1,2,'tlb.tlb.entries','count',4,'A','chosen for teaching: no processor');
INSERT INTO machine_figures VALUES(1,3,'tlb.tlb.ways','count',4,'A','chosen for teaching: no processor');
INSERT INTO machine_figures VALUES(1,4,'tlb.tlb.page_sizes','bytes',4096,'A','chosen for teaching: no processor');
CREATE TABLE machine_components (
    machine INTEGER NOT NULL REFERENCES machines ON DELETE CASCADE,
    side TEXT NOT NULL CHECK (side IN ('fetch', 'data', 'walk')),
    component TEXT NOT NULL REFERENCES components,
    event_mcycles INTEGER NOT NULL CHECK (event_mcycles >= 0),
    PRIMARY KEY (machine, side, component)
) STRICT, WITHOUT ROWID;
INSERT INTO machine_components VALUES(1,'data','dtlb',0);
INSERT INTO machine_components VALUES(1,'data','itlb',0);
INSERT INTO machine_components VALUES(1,'data','l1d',0);
INSERT INTO machine_components VALUES(1,'data','l1i',0);
INSERT INTO machine_components VALUES(1,'data','l2',0);
INSERT INTO machine_components VALUES(1,'data','l3',0);
INSERT INTO machine_components VALUES(1,'data','memory',5000);
INSERT INTO machine_components VALUES(1,'data','stlb',0);
INSERT INTO machine_components VALUES(1,'data','walk',10000);
INSERT INTO machine_components VALUES(1,'fetch','dtlb',0);
INSERT INTO machine_components VALUES(1,'fetch','itlb',0);
INSERT INTO machine_components VALUES(1,'fetch','l1d',0);
INSERT INTO machine_components VALUES(1,'fetch','l1i',0);
INSERT INTO machine_components VALUES(1,'fetch','l2',0);
INSERT INTO machine_components VALUES(1,'fetch','l3',0);
INSERT INTO machine_components VALUES(1,'fetch','memory',5000);
INSERT INTO machine_components VALUES(1,'fetch','stlb',0);
INSERT INTO machine_components VALUES(1,'fetch','walk',10000);
INSERT INTO machine_components VALUES(1,'walk','dtlb',0);
INSERT INTO machine_components VALUES(1,'walk','itlb',0);
INSERT INTO machine_components VALUES(1,'walk','l1d',0);
INSERT INTO machine_components VALUES(1,'walk','l1i',0);
INSERT INTO machine_components VALUES(1,'walk','l2',0);
INSERT INTO machine_components VALUES(1,'walk','l3',0);
INSERT INTO machine_components VALUES(1,'walk','memory',5000);
INSERT INTO machine_components VALUES(1,'walk','stlb',0);
INSERT INTO machine_components VALUES(1,'walk','walk',0);
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
INSERT INTO machine_structures VALUES(1,0,'tlb','tlb',1,'both',4,4,4096,'lru',0);
INSERT INTO machine_structures VALUES(1,1,'l1','cache',1,'both',16,2,16,'lru',1);
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
INSERT INTO replays VALUES(1,1,1,NULL,'{}','done',8011000,0);
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
INSERT INTO phases VALUES(1,'measured',2535,2,4,1,4,0);
INSERT INTO phases VALUES(1,'warm_up',1255,1,2,0,2,0);
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
INSERT INTO ledger VALUES(1,'measured',1,'border',5,50000,0);
INSERT INTO ledger VALUES(1,'measured',1,'kernel_path',119,119000,0);
INSERT INTO ledger VALUES(1,'measured',1,'path_capacity',0,0,425000);
INSERT INTO ledger VALUES(1,'measured',1,'path_cold',0,0,140000);
INSERT INTO ledger VALUES(1,'measured',1,'path_displaced',0,0,250000);
INSERT INTO ledger VALUES(1,'measured',1,'path_refill_after_flush',0,0,160000);
INSERT INTO ledger VALUES(1,'measured',1,'space_switch',46,50000,0);
INSERT INTO ledger VALUES(1,'measured',1,'thread_switch',12,12000,0);
INSERT INTO ledger VALUES(1,'measured',2,'binding',44,44000,0);
INSERT INTO ledger VALUES(1,'measured',2,'border',2,40000,0);
INSERT INTO ledger VALUES(1,'measured',2,'competition',0,0,160000);
INSERT INTO ledger VALUES(1,'measured',2,'credit_shared_line',0,0,-80000);
INSERT INTO ledger VALUES(1,'measured',2,'path_capacity',0,0,110000);
INSERT INTO ledger VALUES(1,'measured',2,'path_displaced',0,0,30000);
INSERT INTO ledger VALUES(1,'measured',2,'work',646,646000,870000);
INSERT INTO ledger VALUES(1,'measured',4,'binding',48,48000,0);
INSERT INTO ledger VALUES(1,'measured',4,'border',2,40000,0);
INSERT INTO ledger VALUES(1,'measured',4,'competition',0,0,95000);
INSERT INTO ledger VALUES(1,'measured',4,'credit_shared_line',0,0,-80000);
INSERT INTO ledger VALUES(1,'measured',4,'path_capacity',0,0,110000);
INSERT INTO ledger VALUES(1,'measured',4,'path_cold',0,0,30000);
INSERT INTO ledger VALUES(1,'measured',4,'path_displaced',0,0,40000);
INSERT INTO ledger VALUES(1,'measured',4,'work',787,787000,1255000);
INSERT INTO ledger VALUES(1,'warm_up',1,'border',2,20000,0);
INSERT INTO ledger VALUES(1,'warm_up',1,'kernel_path',48,48000,0);
INSERT INTO ledger VALUES(1,'warm_up',1,'path_capacity',0,0,90000);
INSERT INTO ledger VALUES(1,'warm_up',1,'path_cold',0,0,155000);
INSERT INTO ledger VALUES(1,'warm_up',1,'path_displaced',0,0,100000);
INSERT INTO ledger VALUES(1,'warm_up',1,'path_refill_after_flush',0,0,70000);
INSERT INTO ledger VALUES(1,'warm_up',1,'space_switch',20,22000,0);
INSERT INTO ledger VALUES(1,'warm_up',1,'thread_switch',6,6000,0);
INSERT INTO ledger VALUES(1,'warm_up',2,'binding',22,22000,0);
INSERT INTO ledger VALUES(1,'warm_up',2,'border',1,20000,0);
INSERT INTO ledger VALUES(1,'warm_up',2,'credit_shared_line',0,0,-40000);
INSERT INTO ledger VALUES(1,'warm_up',2,'path_cold',0,0,65000);
INSERT INTO ledger VALUES(1,'warm_up',2,'path_displaced',0,0,5000);
INSERT INTO ledger VALUES(1,'warm_up',2,'work',323,323000,515000);
INSERT INTO ledger VALUES(1,'warm_up',4,'binding',22,22000,0);
INSERT INTO ledger VALUES(1,'warm_up',4,'border',1,20000,0);
INSERT INTO ledger VALUES(1,'warm_up',4,'competition',0,0,45000);
INSERT INTO ledger VALUES(1,'warm_up',4,'credit_shared_line',0,0,-25000);
INSERT INTO ledger VALUES(1,'warm_up',4,'path_capacity',0,0,45000);
INSERT INTO ledger VALUES(1,'warm_up',4,'path_cold',0,0,25000);
INSERT INTO ledger VALUES(1,'warm_up',4,'path_displaced',0,0,5000);
INSERT INTO ledger VALUES(1,'warm_up',4,'work',412,412000,690000);
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
INSERT INTO ledger_events VALUES(1,'measured',1,'path_capacity','data','l1d',45);
INSERT INTO ledger_events VALUES(1,'measured',1,'path_capacity','data','memory',45);
INSERT INTO ledger_events VALUES(1,'measured',1,'path_capacity','fetch','itlb',4);
INSERT INTO ledger_events VALUES(1,'measured',1,'path_capacity','fetch','l1i',32);
INSERT INTO ledger_events VALUES(1,'measured',1,'path_capacity','fetch','memory',32);
INSERT INTO ledger_events VALUES(1,'measured',1,'path_capacity','fetch','walk',4);
INSERT INTO ledger_events VALUES(1,'measured',1,'path_cold','data','dtlb',2);
INSERT INTO ledger_events VALUES(1,'measured',1,'path_cold','data','l1d',9);
INSERT INTO ledger_events VALUES(1,'measured',1,'path_cold','data','memory',9);
INSERT INTO ledger_events VALUES(1,'measured',1,'path_cold','data','walk',2);
INSERT INTO ledger_events VALUES(1,'measured',1,'path_cold','fetch','itlb',3);
INSERT INTO ledger_events VALUES(1,'measured',1,'path_cold','fetch','l1i',9);
INSERT INTO ledger_events VALUES(1,'measured',1,'path_cold','fetch','memory',9);
INSERT INTO ledger_events VALUES(1,'measured',1,'path_cold','fetch','walk',3);
INSERT INTO ledger_events VALUES(1,'measured',1,'path_displaced','data','dtlb',8);
INSERT INTO ledger_events VALUES(1,'measured',1,'path_displaced','data','l1d',22);
INSERT INTO ledger_events VALUES(1,'measured',1,'path_displaced','data','memory',22);
INSERT INTO ledger_events VALUES(1,'measured',1,'path_displaced','data','walk',8);
INSERT INTO ledger_events VALUES(1,'measured',1,'path_displaced','fetch','l1i',12);
INSERT INTO ledger_events VALUES(1,'measured',1,'path_displaced','fetch','memory',12);
INSERT INTO ledger_events VALUES(1,'measured',1,'path_refill_after_flush','data','dtlb',12);
INSERT INTO ledger_events VALUES(1,'measured',1,'path_refill_after_flush','data','walk',12);
INSERT INTO ledger_events VALUES(1,'measured',1,'path_refill_after_flush','fetch','itlb',4);
INSERT INTO ledger_events VALUES(1,'measured',1,'path_refill_after_flush','fetch','walk',4);
INSERT INTO ledger_events VALUES(1,'measured',2,'competition','data','dtlb',6);
INSERT INTO ledger_events VALUES(1,'measured',2,'competition','data','l1d',12);
INSERT INTO ledger_events VALUES(1,'measured',2,'competition','data','memory',12);
INSERT INTO ledger_events VALUES(1,'measured',2,'competition','data','walk',6);
INSERT INTO ledger_events VALUES(1,'measured',2,'competition','fetch','itlb',2);
INSERT INTO ledger_events VALUES(1,'measured',2,'competition','fetch','l1i',4);
INSERT INTO ledger_events VALUES(1,'measured',2,'competition','fetch','memory',4);
INSERT INTO ledger_events VALUES(1,'measured',2,'competition','fetch','walk',2);
INSERT INTO ledger_events VALUES(1,'measured',2,'credit_shared_line','data','dtlb',-2);
INSERT INTO ledger_events VALUES(1,'measured',2,'credit_shared_line','data','l1d',-8);
INSERT INTO ledger_events VALUES(1,'measured',2,'credit_shared_line','data','memory',-8);
INSERT INTO ledger_events VALUES(1,'measured',2,'credit_shared_line','data','walk',-2);
INSERT INTO ledger_events VALUES(1,'measured',2,'credit_shared_line','fetch','itlb',-2);
INSERT INTO ledger_events VALUES(1,'measured',2,'credit_shared_line','fetch','walk',-2);
INSERT INTO ledger_events VALUES(1,'measured',2,'path_capacity','data','dtlb',2);
INSERT INTO ledger_events VALUES(1,'measured',2,'path_capacity','data','l1d',10);
INSERT INTO ledger_events VALUES(1,'measured',2,'path_capacity','data','memory',10);
INSERT INTO ledger_events VALUES(1,'measured',2,'path_capacity','data','walk',2);
INSERT INTO ledger_events VALUES(1,'measured',2,'path_capacity','fetch','itlb',2);
INSERT INTO ledger_events VALUES(1,'measured',2,'path_capacity','fetch','l1i',4);
INSERT INTO ledger_events VALUES(1,'measured',2,'path_capacity','fetch','memory',4);
INSERT INTO ledger_events VALUES(1,'measured',2,'path_capacity','fetch','walk',2);
INSERT INTO ledger_events VALUES(1,'measured',2,'path_displaced','data','l1d',2);
INSERT INTO ledger_events VALUES(1,'measured',2,'path_displaced','data','memory',2);
INSERT INTO ledger_events VALUES(1,'measured',2,'path_displaced','fetch','l1i',4);
INSERT INTO ledger_events VALUES(1,'measured',2,'path_displaced','fetch','memory',4);
INSERT INTO ledger_events VALUES(1,'measured',2,'work','data','l1d',64);
INSERT INTO ledger_events VALUES(1,'measured',2,'work','data','memory',64);
INSERT INTO ledger_events VALUES(1,'measured',2,'work','fetch','l1i',110);
INSERT INTO ledger_events VALUES(1,'measured',2,'work','fetch','memory',110);
INSERT INTO ledger_events VALUES(1,'measured',4,'competition','data','dtlb',4);
INSERT INTO ledger_events VALUES(1,'measured',4,'competition','data','l1d',7);
INSERT INTO ledger_events VALUES(1,'measured',4,'competition','data','memory',7);
INSERT INTO ledger_events VALUES(1,'measured',4,'competition','data','walk',4);
INSERT INTO ledger_events VALUES(1,'measured',4,'competition','fetch','itlb',2);
INSERT INTO ledger_events VALUES(1,'measured',4,'competition','fetch','walk',2);
INSERT INTO ledger_events VALUES(1,'measured',4,'credit_shared_line','data','dtlb',-3);
INSERT INTO ledger_events VALUES(1,'measured',4,'credit_shared_line','data','l1d',-4);
INSERT INTO ledger_events VALUES(1,'measured',4,'credit_shared_line','data','memory',-4);
INSERT INTO ledger_events VALUES(1,'measured',4,'credit_shared_line','data','walk',-3);
INSERT INTO ledger_events VALUES(1,'measured',4,'credit_shared_line','fetch','itlb',-3);
INSERT INTO ledger_events VALUES(1,'measured',4,'credit_shared_line','fetch','walk',-3);
INSERT INTO ledger_events VALUES(1,'measured',4,'path_capacity','data','dtlb',2);
INSERT INTO ledger_events VALUES(1,'measured',4,'path_capacity','data','l1d',10);
INSERT INTO ledger_events VALUES(1,'measured',4,'path_capacity','data','memory',10);
INSERT INTO ledger_events VALUES(1,'measured',4,'path_capacity','data','walk',2);
INSERT INTO ledger_events VALUES(1,'measured',4,'path_capacity','fetch','itlb',2);
INSERT INTO ledger_events VALUES(1,'measured',4,'path_capacity','fetch','l1i',4);
INSERT INTO ledger_events VALUES(1,'measured',4,'path_capacity','fetch','memory',4);
INSERT INTO ledger_events VALUES(1,'measured',4,'path_capacity','fetch','walk',2);
INSERT INTO ledger_events VALUES(1,'measured',4,'path_cold','data','dtlb',1);
INSERT INTO ledger_events VALUES(1,'measured',4,'path_cold','data','l1d',1);
INSERT INTO ledger_events VALUES(1,'measured',4,'path_cold','data','memory',1);
INSERT INTO ledger_events VALUES(1,'measured',4,'path_cold','data','walk',1);
INSERT INTO ledger_events VALUES(1,'measured',4,'path_cold','fetch','itlb',1);
INSERT INTO ledger_events VALUES(1,'measured',4,'path_cold','fetch','l1i',1);
INSERT INTO ledger_events VALUES(1,'measured',4,'path_cold','fetch','memory',1);
INSERT INTO ledger_events VALUES(1,'measured',4,'path_cold','fetch','walk',1);
INSERT INTO ledger_events VALUES(1,'measured',4,'path_displaced','data','l1d',4);
INSERT INTO ledger_events VALUES(1,'measured',4,'path_displaced','data','memory',4);
INSERT INTO ledger_events VALUES(1,'measured',4,'path_displaced','fetch','l1i',4);
INSERT INTO ledger_events VALUES(1,'measured',4,'path_displaced','fetch','memory',4);
INSERT INTO ledger_events VALUES(1,'measured',4,'work','data','dtlb',4);
INSERT INTO ledger_events VALUES(1,'measured',4,'work','data','l1d',87);
INSERT INTO ledger_events VALUES(1,'measured',4,'work','data','memory',87);
INSERT INTO ledger_events VALUES(1,'measured',4,'work','data','walk',4);
INSERT INTO ledger_events VALUES(1,'measured',4,'work','fetch','itlb',1);
INSERT INTO ledger_events VALUES(1,'measured',4,'work','fetch','l1i',154);
INSERT INTO ledger_events VALUES(1,'measured',4,'work','fetch','memory',154);
INSERT INTO ledger_events VALUES(1,'measured',4,'work','fetch','walk',1);
INSERT INTO ledger_events VALUES(1,'warm_up',1,'path_capacity','data','l1d',12);
INSERT INTO ledger_events VALUES(1,'warm_up',1,'path_capacity','data','memory',12);
INSERT INTO ledger_events VALUES(1,'warm_up',1,'path_capacity','fetch','itlb',2);
INSERT INTO ledger_events VALUES(1,'warm_up',1,'path_capacity','fetch','l1i',2);
INSERT INTO ledger_events VALUES(1,'warm_up',1,'path_capacity','fetch','memory',2);
INSERT INTO ledger_events VALUES(1,'warm_up',1,'path_capacity','fetch','walk',2);
INSERT INTO ledger_events VALUES(1,'warm_up',1,'path_cold','data','dtlb',1);
INSERT INTO ledger_events VALUES(1,'warm_up',1,'path_cold','data','l1d',9);
INSERT INTO ledger_events VALUES(1,'warm_up',1,'path_cold','data','memory',9);
INSERT INTO ledger_events VALUES(1,'warm_up',1,'path_cold','data','walk',1);
INSERT INTO ledger_events VALUES(1,'warm_up',1,'path_cold','fetch','l1i',20);
INSERT INTO ledger_events VALUES(1,'warm_up',1,'path_cold','fetch','memory',20);
INSERT INTO ledger_events VALUES(1,'warm_up',1,'path_displaced','data','dtlb',4);
INSERT INTO ledger_events VALUES(1,'warm_up',1,'path_displaced','data','l1d',12);
INSERT INTO ledger_events VALUES(1,'warm_up',1,'path_displaced','data','memory',12);
INSERT INTO ledger_events VALUES(1,'warm_up',1,'path_displaced','data','walk',4);
INSERT INTO ledger_events VALUES(1,'warm_up',1,'path_refill_after_flush','data','dtlb',5);
INSERT INTO ledger_events VALUES(1,'warm_up',1,'path_refill_after_flush','data','walk',5);
INSERT INTO ledger_events VALUES(1,'warm_up',1,'path_refill_after_flush','fetch','itlb',2);
INSERT INTO ledger_events VALUES(1,'warm_up',1,'path_refill_after_flush','fetch','walk',2);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'credit_shared_line','data','dtlb',-1);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'credit_shared_line','data','l1d',-4);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'credit_shared_line','data','memory',-4);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'credit_shared_line','data','walk',-1);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'credit_shared_line','fetch','itlb',-1);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'credit_shared_line','fetch','walk',-1);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'path_cold','data','dtlb',1);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'path_cold','data','l1d',5);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'path_cold','data','memory',5);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'path_cold','data','walk',1);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'path_cold','fetch','itlb',1);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'path_cold','fetch','l1i',4);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'path_cold','fetch','memory',4);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'path_cold','fetch','walk',1);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'path_displaced','data','l1d',1);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'path_displaced','data','memory',1);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'work','data','dtlb',3);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'work','data','l1d',38);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'work','data','memory',38);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'work','data','walk',3);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'work','fetch','itlb',1);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'work','fetch','l1i',57);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'work','fetch','memory',57);
INSERT INTO ledger_events VALUES(1,'warm_up',2,'work','fetch','walk',1);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'competition','data','dtlb',2);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'competition','data','l1d',3);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'competition','data','memory',3);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'competition','data','walk',2);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'competition','fetch','itlb',1);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'competition','fetch','walk',1);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'credit_shared_line','data','dtlb',-1);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'credit_shared_line','data','l1d',-1);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'credit_shared_line','data','memory',-1);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'credit_shared_line','data','walk',-1);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'credit_shared_line','fetch','itlb',-1);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'credit_shared_line','fetch','walk',-1);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'path_capacity','data','dtlb',1);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'path_capacity','data','l1d',5);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'path_capacity','data','memory',5);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'path_capacity','data','walk',1);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'path_capacity','fetch','itlb',1);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'path_capacity','fetch','walk',1);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'path_cold','data','l1d',1);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'path_cold','data','memory',1);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'path_cold','fetch','l1i',4);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'path_cold','fetch','memory',4);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'path_displaced','data','l1d',1);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'path_displaced','data','memory',1);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'work','data','dtlb',4);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'work','data','l1d',48);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'work','data','memory',48);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'work','data','walk',4);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'work','fetch','l1i',82);
INSERT INTO ledger_events VALUES(1,'warm_up',4,'work','fetch','memory',82);
CREATE TABLE visits (
    replay INTEGER NOT NULL REFERENCES replays ON DELETE CASCADE,
    phase TEXT NOT NULL CHECK (phase IN ('warm_up', 'measured')),
    domain INTEGER NOT NULL REFERENCES domains,
    visits INTEGER NOT NULL CHECK (visits >= 0),
    pages INTEGER NOT NULL CHECK (pages >= 0),
    lines INTEGER NOT NULL CHECK (lines >= 0),
    PRIMARY KEY (replay, phase, domain)
) STRICT, WITHOUT ROWID;
INSERT INTO visits VALUES(1,'measured',1,0,0,0);
INSERT INTO visits VALUES(1,'measured',2,2,8,100);
INSERT INTO visits VALUES(1,'measured',3,0,0,0);
INSERT INTO visits VALUES(1,'measured',4,3,11,151);
INSERT INTO visits VALUES(1,'warm_up',1,0,0,0);
INSERT INTO visits VALUES(1,'warm_up',2,1,4,51);
INSERT INTO visits VALUES(1,'warm_up',3,0,0,0);
INSERT INTO visits VALUES(1,'warm_up',4,1,7,88);
CREATE TABLE refills (
    replay INTEGER NOT NULL REFERENCES replays ON DELETE CASCADE,
    phase TEXT NOT NULL CHECK (phase IN ('warm_up', 'measured')),
    domain INTEGER NOT NULL REFERENCES domains,
    component TEXT NOT NULL REFERENCES components,
    after_flush INTEGER NOT NULL CHECK (after_flush >= 0),
    after_eviction INTEGER NOT NULL CHECK (after_eviction >= 0),
    PRIMARY KEY (replay, phase, domain, component)
) STRICT, WITHOUT ROWID;
INSERT INTO refills VALUES(1,'measured',1,'dtlb',12,8);
INSERT INTO refills VALUES(1,'measured',1,'itlb',4,4);
INSERT INTO refills VALUES(1,'measured',1,'l1d',0,67);
INSERT INTO refills VALUES(1,'measured',1,'l1i',0,44);
INSERT INTO refills VALUES(1,'measured',2,'dtlb',0,6);
INSERT INTO refills VALUES(1,'measured',2,'itlb',0,2);
INSERT INTO refills VALUES(1,'measured',2,'l1d',0,80);
INSERT INTO refills VALUES(1,'measured',2,'l1i',0,122);
INSERT INTO refills VALUES(1,'measured',4,'dtlb',0,7);
INSERT INTO refills VALUES(1,'measured',4,'itlb',0,2);
INSERT INTO refills VALUES(1,'measured',4,'l1d',0,103);
INSERT INTO refills VALUES(1,'measured',4,'l1i',0,157);
INSERT INTO refills VALUES(1,'warm_up',1,'dtlb',5,4);
INSERT INTO refills VALUES(1,'warm_up',1,'itlb',2,2);
INSERT INTO refills VALUES(1,'warm_up',1,'l1d',0,24);
INSERT INTO refills VALUES(1,'warm_up',1,'l1i',0,2);
INSERT INTO refills VALUES(1,'warm_up',2,'l1d',0,25);
INSERT INTO refills VALUES(1,'warm_up',2,'l1i',0,21);
INSERT INTO refills VALUES(1,'warm_up',4,'dtlb',0,3);
INSERT INTO refills VALUES(1,'warm_up',4,'itlb',0,1);
INSERT INTO refills VALUES(1,'warm_up',4,'l1d',0,36);
INSERT INTO refills VALUES(1,'warm_up',4,'l1i',0,26);
CREATE TABLE instructions (
    replay INTEGER NOT NULL REFERENCES replays ON DELETE CASCADE,
    phase TEXT NOT NULL CHECK (phase IN ('warm_up', 'measured')),
    domain INTEGER NOT NULL REFERENCES domains,
    class TEXT NOT NULL,
    executed INTEGER NOT NULL CHECK (executed > 0),
    PRIMARY KEY (replay, phase, domain, class)
) STRICT, WITHOUT ROWID;
CREATE TABLE crossings (
    replay INTEGER NOT NULL REFERENCES replays ON DELETE CASCADE,
    phase TEXT NOT NULL CHECK (phase IN ('warm_up', 'measured')),
    kind TEXT NOT NULL REFERENCES crossing_kinds,
    crossings INTEGER NOT NULL CHECK (crossings > 0),
    instructions INTEGER NOT NULL,
    PRIMARY KEY (replay, phase, kind)
) STRICT, WITHOUT ROWID;
INSERT INTO crossings VALUES(1,'measured','ipc_call',2,122);
INSERT INTO crossings VALUES(1,'measured','ipc_reply',2,122);
INSERT INTO crossings VALUES(1,'warm_up','ipc_call',1,61);
INSERT INTO crossings VALUES(1,'warm_up','ipc_reply',1,61);
CREATE TABLE crossing_accounts (
    replay INTEGER NOT NULL REFERENCES replays ON DELETE CASCADE,
    phase TEXT NOT NULL CHECK (phase IN ('warm_up', 'measured')),
    kind TEXT NOT NULL REFERENCES crossing_kinds,
    account TEXT NOT NULL REFERENCES accounts,
    mcycles INTEGER NOT NULL CHECK (mcycles <> 0),
    PRIMARY KEY (replay, phase, kind, account)
) STRICT, WITHOUT ROWID;
INSERT INTO crossing_accounts VALUES(1,'measured','ipc_call','binding',44000);
INSERT INTO crossing_accounts VALUES(1,'measured','ipc_call','border',60000);
INSERT INTO crossing_accounts VALUES(1,'measured','ipc_call','credit_shared_line',-80000);
INSERT INTO crossing_accounts VALUES(1,'measured','ipc_call','kernel_path',48000);
INSERT INTO crossing_accounts VALUES(1,'measured','ipc_call','path_capacity',330000);
INSERT INTO crossing_accounts VALUES(1,'measured','ipc_call','path_displaced',150000);
INSERT INTO crossing_accounts VALUES(1,'measured','ipc_call','path_refill_after_flush',80000);
INSERT INTO crossing_accounts VALUES(1,'measured','ipc_call','space_switch',22000);
INSERT INTO crossing_accounts VALUES(1,'measured','ipc_call','thread_switch',6000);
INSERT INTO crossing_accounts VALUES(1,'measured','ipc_reply','binding',44000);
INSERT INTO crossing_accounts VALUES(1,'measured','ipc_reply','border',60000);
INSERT INTO crossing_accounts VALUES(1,'measured','ipc_reply','credit_shared_line',-55000);
INSERT INTO crossing_accounts VALUES(1,'measured','ipc_reply','kernel_path',48000);
INSERT INTO crossing_accounts VALUES(1,'measured','ipc_reply','path_capacity',310000);
INSERT INTO crossing_accounts VALUES(1,'measured','ipc_reply','path_displaced',170000);
INSERT INTO crossing_accounts VALUES(1,'measured','ipc_reply','path_refill_after_flush',80000);
INSERT INTO crossing_accounts VALUES(1,'measured','ipc_reply','space_switch',22000);
INSERT INTO crossing_accounts VALUES(1,'measured','ipc_reply','thread_switch',6000);
INSERT INTO crossing_accounts VALUES(1,'warm_up','ipc_call','binding',22000);
INSERT INTO crossing_accounts VALUES(1,'warm_up','ipc_call','border',30000);
INSERT INTO crossing_accounts VALUES(1,'warm_up','ipc_call','credit_shared_line',-40000);
INSERT INTO crossing_accounts VALUES(1,'warm_up','ipc_call','kernel_path',24000);
INSERT INTO crossing_accounts VALUES(1,'warm_up','ipc_call','path_capacity',25000);
INSERT INTO crossing_accounts VALUES(1,'warm_up','ipc_call','path_cold',170000);
INSERT INTO crossing_accounts VALUES(1,'warm_up','ipc_call','path_displaced',55000);
INSERT INTO crossing_accounts VALUES(1,'warm_up','ipc_call','path_refill_after_flush',30000);
INSERT INTO crossing_accounts VALUES(1,'warm_up','ipc_call','space_switch',11000);
INSERT INTO crossing_accounts VALUES(1,'warm_up','ipc_call','thread_switch',3000);
INSERT INTO crossing_accounts VALUES(1,'warm_up','ipc_reply','binding',22000);
INSERT INTO crossing_accounts VALUES(1,'warm_up','ipc_reply','border',30000);
INSERT INTO crossing_accounts VALUES(1,'warm_up','ipc_reply','credit_shared_line',-25000);
INSERT INTO crossing_accounts VALUES(1,'warm_up','ipc_reply','kernel_path',24000);
INSERT INTO crossing_accounts VALUES(1,'warm_up','ipc_reply','path_capacity',110000);
INSERT INTO crossing_accounts VALUES(1,'warm_up','ipc_reply','path_cold',75000);
INSERT INTO crossing_accounts VALUES(1,'warm_up','ipc_reply','path_displaced',55000);
INSERT INTO crossing_accounts VALUES(1,'warm_up','ipc_reply','path_refill_after_flush',40000);
INSERT INTO crossing_accounts VALUES(1,'warm_up','ipc_reply','space_switch',11000);
INSERT INTO crossing_accounts VALUES(1,'warm_up','ipc_reply','thread_switch',3000);
CREATE TABLE crossing_distributions (
    replay INTEGER NOT NULL REFERENCES replays ON DELETE CASCADE,
    phase TEXT NOT NULL CHECK (phase IN ('warm_up', 'measured')),
    kind TEXT NOT NULL REFERENCES crossing_kinds,
    quantity TEXT NOT NULL CHECK (quantity IN ('total', 'explicit', 'implicit')),
    sum_mcycles INTEGER NOT NULL,
    min_mcycles INTEGER NOT NULL,
    median_mcycles INTEGER NOT NULL,
    p90_mcycles INTEGER NOT NULL,
    p99_mcycles INTEGER NOT NULL,
    max_mcycles INTEGER NOT NULL,
    PRIMARY KEY (replay, phase, kind, quantity)
) STRICT, WITHOUT ROWID;
INSERT INTO crossing_distributions VALUES(1,'measured','ipc_call','explicit',180000,90000,90000,90000,90000,90000);
INSERT INTO crossing_distributions VALUES(1,'measured','ipc_call','implicit',480000,240000,240000,240000,240000,240000);
INSERT INTO crossing_distributions VALUES(1,'measured','ipc_call','total',660000,330000,330000,330000,330000,330000);
INSERT INTO crossing_distributions VALUES(1,'measured','ipc_reply','explicit',180000,90000,90000,90000,90000,90000);
INSERT INTO crossing_distributions VALUES(1,'measured','ipc_reply','implicit',505000,250000,250000,255000,255000,255000);
INSERT INTO crossing_distributions VALUES(1,'measured','ipc_reply','total',685000,340000,340000,345000,345000,345000);
INSERT INTO crossing_distributions VALUES(1,'warm_up','ipc_call','explicit',90000,90000,90000,90000,90000,90000);
INSERT INTO crossing_distributions VALUES(1,'warm_up','ipc_call','implicit',240000,240000,240000,240000,240000,240000);
INSERT INTO crossing_distributions VALUES(1,'warm_up','ipc_call','total',330000,330000,330000,330000,330000,330000);
INSERT INTO crossing_distributions VALUES(1,'warm_up','ipc_reply','explicit',90000,90000,90000,90000,90000,90000);
INSERT INTO crossing_distributions VALUES(1,'warm_up','ipc_reply','implicit',255000,255000,255000,255000,255000,255000);
INSERT INTO crossing_distributions VALUES(1,'warm_up','ipc_reply','total',345000,345000,345000,345000,345000,345000);
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
INSERT INTO structure_counters VALUES(1,0,'tlb',2568,22,756,48,470,7,6,24,0);
INSERT INTO structure_counters VALUES(1,1,'l1',2884,507,756,272,470,119,0,0,0);
CREATE TABLE culprits (
    replay INTEGER NOT NULL REFERENCES replays ON DELETE CASCADE,
    phase TEXT NOT NULL CHECK (phase IN ('warm_up', 'measured')),
    victim INTEGER NOT NULL REFERENCES domains,
    culprit INTEGER REFERENCES domains,
    mcycles INTEGER NOT NULL CHECK (mcycles <> 0)
) STRICT;
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
INSERT INTO sweeps VALUES(1,1,1,NULL,'[{"path":"tlb.tlb.entries","values":["2","4"]}]','done',2,2);
CREATE TABLE sweep_axes (
    sweep INTEGER NOT NULL REFERENCES sweeps ON DELETE CASCADE,
    axis INTEGER NOT NULL CHECK (axis >= 0),
    path TEXT NOT NULL, -- of the machine's figure: "tlb.dtlb.entries"
    length INTEGER NOT NULL CHECK (length > 0),
    stride INTEGER NOT NULL CHECK (stride > 0),
    PRIMARY KEY (sweep, axis)
) STRICT, WITHOUT ROWID;
INSERT INTO sweep_axes VALUES(1,0,'tlb.tlb.entries',2,1);
CREATE TABLE sweep_values (
    sweep INTEGER NOT NULL,
    axis INTEGER NOT NULL,
    position INTEGER NOT NULL CHECK (position >= 0),
    value TEXT NOT NULL,
    PRIMARY KEY (sweep, axis, position),
    FOREIGN KEY (sweep, axis) REFERENCES sweep_axes ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
INSERT INTO sweep_values VALUES(1,0,0,'2');
INSERT INTO sweep_values VALUES(1,0,1,'4');
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
INSERT INTO sweep_points VALUES(1,0,NULL,5508000,175000,403000,1565000,0);
INSERT INTO sweep_points VALUES(1,1,NULL,3558000,255000,403000,1135000,0);
CREATE TABLE sweep_accounts (
    sweep INTEGER NOT NULL,
    point INTEGER NOT NULL,
    account TEXT NOT NULL REFERENCES accounts,
    mcycles INTEGER NOT NULL CHECK (mcycles <> 0),
    PRIMARY KEY (sweep, point, account),
    FOREIGN KEY (sweep, point) REFERENCES sweep_points ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
INSERT INTO sweep_accounts VALUES(1,0,'binding',92000);
INSERT INTO sweep_accounts VALUES(1,0,'border',130000);
INSERT INTO sweep_accounts VALUES(1,0,'competition',175000);
INSERT INTO sweep_accounts VALUES(1,0,'credit_shared_line',-140000);
INSERT INTO sweep_accounts VALUES(1,0,'kernel_path',119000);
INSERT INTO sweep_accounts VALUES(1,0,'path_capacity',1215000);
INSERT INTO sweep_accounts VALUES(1,0,'path_cold',170000);
INSERT INTO sweep_accounts VALUES(1,0,'path_displaced',240000);
INSERT INTO sweep_accounts VALUES(1,0,'path_refill_after_flush',80000);
INSERT INTO sweep_accounts VALUES(1,0,'space_switch',50000);
INSERT INTO sweep_accounts VALUES(1,0,'thread_switch',12000);
INSERT INTO sweep_accounts VALUES(1,0,'work',5508000);
INSERT INTO sweep_accounts VALUES(1,1,'binding',92000);
INSERT INTO sweep_accounts VALUES(1,1,'border',130000);
INSERT INTO sweep_accounts VALUES(1,1,'competition',255000);
INSERT INTO sweep_accounts VALUES(1,1,'credit_shared_line',-160000);
INSERT INTO sweep_accounts VALUES(1,1,'kernel_path',119000);
INSERT INTO sweep_accounts VALUES(1,1,'path_capacity',645000);
INSERT INTO sweep_accounts VALUES(1,1,'path_cold',170000);
INSERT INTO sweep_accounts VALUES(1,1,'path_displaced',320000);
INSERT INTO sweep_accounts VALUES(1,1,'path_refill_after_flush',160000);
INSERT INTO sweep_accounts VALUES(1,1,'space_switch',50000);
INSERT INTO sweep_accounts VALUES(1,1,'thread_switch',12000);
INSERT INTO sweep_accounts VALUES(1,1,'work',3558000);
CREATE TABLE sweep_events (
    sweep INTEGER NOT NULL,
    point INTEGER NOT NULL,
    account_group TEXT NOT NULL REFERENCES account_groups,
    component TEXT NOT NULL REFERENCES components,
    events INTEGER NOT NULL CHECK (events <> 0),
    PRIMARY KEY (sweep, point, account_group, component),
    FOREIGN KEY (sweep, point) REFERENCES sweep_points ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
INSERT INTO sweep_events VALUES(1,0,'competition','dtlb',2);
INSERT INTO sweep_events VALUES(1,0,'competition','itlb',4);
INSERT INTO sweep_events VALUES(1,0,'competition','l1d',19);
INSERT INTO sweep_events VALUES(1,0,'competition','l1i',4);
INSERT INTO sweep_events VALUES(1,0,'competition','memory',23);
INSERT INTO sweep_events VALUES(1,0,'competition','walk',6);
INSERT INTO sweep_events VALUES(1,0,'implicit','dtlb',64);
INSERT INTO sweep_events VALUES(1,0,'implicit','itlb',12);
INSERT INTO sweep_events VALUES(1,0,'implicit','l1d',91);
INSERT INTO sweep_events VALUES(1,0,'implicit','l1i',70);
INSERT INTO sweep_events VALUES(1,0,'implicit','memory',161);
INSERT INTO sweep_events VALUES(1,0,'implicit','walk',76);
INSERT INTO sweep_events VALUES(1,0,'work','dtlb',199);
INSERT INTO sweep_events VALUES(1,0,'work','itlb',1);
INSERT INTO sweep_events VALUES(1,0,'work','l1d',151);
INSERT INTO sweep_events VALUES(1,0,'work','l1i',264);
INSERT INTO sweep_events VALUES(1,0,'work','memory',415);
INSERT INTO sweep_events VALUES(1,0,'work','walk',200);
INSERT INTO sweep_events VALUES(1,1,'competition','dtlb',10);
INSERT INTO sweep_events VALUES(1,1,'competition','itlb',4);
INSERT INTO sweep_events VALUES(1,1,'competition','l1d',19);
INSERT INTO sweep_events VALUES(1,1,'competition','l1i',4);
INSERT INTO sweep_events VALUES(1,1,'competition','memory',23);
INSERT INTO sweep_events VALUES(1,1,'competition','walk',14);
INSERT INTO sweep_events VALUES(1,1,'implicit','dtlb',22);
INSERT INTO sweep_events VALUES(1,1,'implicit','itlb',11);
INSERT INTO sweep_events VALUES(1,1,'implicit','l1d',91);
INSERT INTO sweep_events VALUES(1,1,'implicit','l1i',70);
INSERT INTO sweep_events VALUES(1,1,'implicit','memory',161);
INSERT INTO sweep_events VALUES(1,1,'implicit','walk',33);
INSERT INTO sweep_events VALUES(1,1,'work','dtlb',4);
INSERT INTO sweep_events VALUES(1,1,'work','itlb',1);
INSERT INTO sweep_events VALUES(1,1,'work','l1d',151);
INSERT INTO sweep_events VALUES(1,1,'work','l1i',264);
INSERT INTO sweep_events VALUES(1,1,'work','memory',415);
INSERT INTO sweep_events VALUES(1,1,'work','walk',5);
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
CREATE INDEX culprits_by_replay ON culprits (replay);
CREATE VIEW machine_labels AS
SELECT machine, name || iif(count(*) OVER (PARTITION BY name) > 1,
                            '-' || substr(sha256, 1, 6), '') AS label
FROM machines;
CREATE VIEW replay_list AS
SELECT r.replay, t.scenario,
       coalesce((SELECT group_concat(key || '=' || value, ' ')
                 FROM json_each(t.header, '$.knobs')
                 WHERE key NOT IN ('pages', 'requests', 'warmup')), '') AS variant,
       t.structure, CAST(json_extract(t.header, '$.knobs.pages') AS INTEGER) AS pages,
       m.label AS machine, r.state, r.total_mcycles / 1000.0 AS total_cycles,
       t.records, t.lost AS lost_records, t.trace, m.machine AS machine_id
FROM replays r JOIN traces t USING (trace) JOIN machine_labels m USING (machine)
ORDER BY t.scenario, variant, m.label, t.structure, pages, r.replay;
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
CREATE VIEW structure_matrix AS
SELECT scenario, variant, pages, machine, structure,
       explicit_per_request + implicit_per_request AS boundary_per_request,
       explicit_per_request, implicit_per_request, cycles_per_request,
       rank() OVER (PARTITION BY scenario, variant, pages, machine
                    ORDER BY explicit_per_request + implicit_per_request) AS place
FROM by_structure
ORDER BY scenario, variant, pages, machine, place, structure;
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
CREATE VIEW sweep_list AS
SELECT s.sweep, t.scenario,
       coalesce((SELECT group_concat(key || '=' || value, ' ')
                 FROM json_each(t.header, '$.knobs')
                 WHERE key NOT IN ('pages', 'requests', 'warmup')), '') AS variant,
       t.structure, CAST(json_extract(t.header, '$.knobs.pages') AS INTEGER) AS pages,
       m.label AS machine, s.state, s.points,
       (SELECT count(*) FROM sweep_points p WHERE p.sweep = s.sweep) AS points_done,
       (SELECT group_concat(path, ', ') FROM
        (SELECT path FROM sweep_axes a WHERE a.sweep = s.sweep ORDER BY axis)) AS varied,
       s.requests
FROM sweeps s JOIN traces t USING (trace) JOIN machine_labels m USING (machine)
ORDER BY t.scenario, variant, m.label, varied, t.structure, pages, s.sweep;
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
CREATE VIEW unfinished AS
SELECT 'study' AS what, name FROM studies WHERE state = 'running'
UNION ALL
SELECT 'replay', scenario || ', ' || structure ||
       coalesce(', ' || pages || ' pages', '') || ' on ' || machine
FROM replay_list WHERE state = 'running'
UNION ALL
SELECT 'sweep', t.scenario || ', ' || t.structure || ' on ' || m.name
FROM sweeps s JOIN traces t USING (trace) JOIN machines m USING (machine)
WHERE s.state = 'running';
CREATE VIEW mine as select count(*) as replays from replays;
COMMIT;
