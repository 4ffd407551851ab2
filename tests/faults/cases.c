/* cases.c - the command lines that are tried with faults, and their inputs. */
#include "faults.h"

const char fault_inputs[] =
    "set -e; cd \"$in\"; PATH=$PATH:/usr/sbin\n"
    "cat >two.json <<'END'\n"
    "{\"schema_version\": 1, \"scenario\": \"two\", \"requests\": 6, "
    "\"warm_up_requests\": 1,"
    " \"domains\": [{\"name\": \"kernel\", \"kind\": \"kernel\", \"instructions\": 9,"
    " \"accesses\": 2, \"pages\": 1}, {\"name\": \"client\", \"kind\": \"large\","
    " \"instructions\": 20, \"accesses\": 9, \"pages\": 3}, {\"name\": \"server\","
    " \"kind\": \"large\", \"instructions\": 20, \"accesses\": 9, \"pages\": 3}],"
    " \"pattern\": [\"client\", \"server\", \"client\"]}\n"
    "END\n"
    "cat >study.json <<'END'\n"
    "{\"schema_version\": 1, \"name\": \"small\", \"title\": \"A small study\","
    " \"recordings\": [{\"scenario\": \"null\"}], \"machines\": [\"tiny\"],"
    " \"sweeps\": [{\"recording\": {\"scenario\": \"null\"}, \"machine\": \"tiny\","
    " \"vary\": [\"memory.latency=1,9\"]}]}\n"
    "END\n"
    "$crossbill synth two.json -o two.xbt\n"
    "sed 's/\"pages\": 3/\"pages\": 5/g' two.json >five.json\n"
    "$crossbill synth five.json -o five.xbt\n"
    "head -c $(($(wc -c <two.xbt) - 300)) two.xbt >cut.xbt\n"
    "$crossbill export din two.xbt -o two.din\n"
    "$crossbill dump two.xbt >two.txt\n"
    "xz -k two.txt; gzip -k two.din\n"
    "$crossbill export csv two.xbt | zstd -q >two.csv.zst\n"
    "mkdir traces; $crossbill record null -o null.xbt\n"
    "cp null.xbt traces/null.xbt; cp null.xbt traces/null_l3-small.xbt\n"
    "$crossbill replay -q -m tiny --report r.db two.xbt five.xbt\n"
    "$crossbill sweep two.xbt -m tiny -v memory.latency=1..3 --report r.db\n"
    "set -- sweep two.xbt -m pentium-100 -v tlb.dtlb.entries=8,16 -v memory.latency\n"
    "$crossbill \"$@\"=1 --report half.db\n"
    "(trap '' XFSZ; ulimit -f $(($(wc -c <half.db) / 512 + 60)); rm half.db\n"
    " ! $crossbill \"$@\"=1..40 --threads 1 --report half.db 2>half.txt)\n"
    "test \"$(sqlite3 half.db 'select count(*) from sweep_kept')\" = 2\n"
    "cp r.db other.db; $crossbill replay -q -m tiny --report other.db null.xbt\n";

const struct fault_case fault_cases[] = {
    {"info", "info %i/two.xbt", NULL, NULL},
    {"info --json", "info --json %i/two.xbt", NULL, NULL},
    {"check", "check %i/two.xbt", NULL, NULL},
    {"check of a cut trace", "check --salvage %o/t.xbt %i/cut.xbt", "t.xbt", NULL},
    {"dump", "dump %i/two.xbt", NULL, NULL},
    {"import din, packed by gzip", "import din %i/two.din.gz -o %o/t.xbt", "t.xbt", NULL},
    {"import text, packed by xz", "import text %i/two.txt.xz -o %o/t.xbt", "t.xbt", NULL},
    {"import csv, packed by zstd", "import csv %i/two.csv.zst -o %o/t.xbt", "t.xbt",
     NULL},
    {"export csv", "export csv %i/two.xbt -o %o/t.csv", "t.csv", NULL},
    {"export perfetto", "export perfetto %i/two.xbt -o %o/t.json", "t.json", NULL},
    {"record", "record null -o %o/t.xbt", "t.xbt", NULL},
    {"synth", "synth %i/two.json -o %o/t.xbt", "t.xbt", NULL},
    {"footprint", "footprint %i/two.xbt --json", NULL, NULL},
    {"replay", "replay %i/two.xbt -m tiny", NULL, NULL},
    {"replay of a recording", "replay %i/null.xbt -m i486-50 --json", NULL, NULL},
    {"replay --plain", "replay %i/two.xbt -m skylake --plain --threads 1", NULL, NULL},
    {"replay --report", "replay -q %i/two.xbt -m tiny --report %o/r.db", "r.db", NULL},
    {"replay --report, once more",
     "replay -q %i/two.xbt %i/null.xbt -m tiny --report %o/r.db", "r.db", "r.db"},
    {"sweep", "sweep %i/two.xbt -m tiny -v memory.latency=1,5 -v tlb.*.entries=4,8", NULL,
     NULL},
    {"sweep --report",
     "sweep %i/two.xbt -m pentium-100 -v cache.l1d.ways=1,2 --resume --report %o/r.db",
     "r.db", NULL},
    {"sweep --resume, of a pass and a replay that had ended",
     "sweep %i/two.xbt -m pentium-100 -v tlb.dtlb.entries=8,16 -v memory.latency=1..40 "
     "--threads 1 --resume --report %o/r.db",
     "r.db", "half.db"},
    {"predict", "predict %i/two.xbt %i/five.xbt -m tiny --pages 1..8:*2", NULL, NULL},
    {"explain", "explain %i/null.xbt -m i486-50", NULL, NULL},
    {"diff", "diff %i/two.xbt %i/five.xbt -m tiny", NULL, NULL},
    {"diff of reports", "diff %i/r.db %i/other.db", NULL, NULL},
    {"machines", "machines pentium-100", NULL, NULL},
    {"machines of a directory", "machines", NULL, NULL},
    {"report --summary", "report %i/r.db", NULL, NULL},
    {"report html", "report %i/r.db -o %o/r.html", "r.html", NULL},
    {"report pdf", "report %i/r.db -o %o/r.pdf", "r.pdf", NULL},
    {"report md", "report %i/r.db -o %o/r.md", "r.md", NULL},
    {"report csv", "report %i/r.db --table ledger -o %o/r.csv", "r.csv", NULL},
    {"report json", "report %i/r.db -o %o/r.json", "r.json", NULL},
    {"report folded", "report %i/r.db -o %o/r.folded", "r.folded", NULL},
    {"chart", "chart %i/r.db memory -o %o/c.svg", "c.svg", NULL},
    {"chart --all", "chart %i/r.db --all %o", NULL, NULL},
    {"chart --keep", "chart %o/r.db --keep", "r.db", "r.db"},
    {"study", "study %i/study.json --traces %i/traces --report %o/r.db", "r.db", NULL},
    {"study --list", "study --list", NULL, NULL},
    {"claims",
     "claims border-bound-pentium null-call-warm --no-recording --traces %i/traces", NULL,
     NULL},
    {"claims --report",
     "claims border-bound --no-recording --traces %i/traces --report %o/r.db", "r.db",
     "r.db"},
    {"help --manual", "help --manual", NULL, NULL},
    {0}};
