#!/bin/sh
# study: the commands that a file stands for, all of it done once, and what is wrong in a
# file said with its place.
. tests/tap.sh

cat >"$dir/s.json" <<'JSON'
{
    "name": "a study", "title": "small",
    "recordings": [
        {"scenario": "null", "structure": "l3-small"},
        {"scenario": "pingpong", "structure": ["l3-small", "l3-large"], "pages": [1, 2],
         "requests": 5}
    ],
    "machines": ["tiny", {"machine": "i486-50", "set": ["tlb.*.asid_bits=6"]}],
    "sweeps": [{"recording": {"scenario": "null", "structure": "l3-small"},
                "machine": "tiny", "vary": ["memory.latency=1..3"]}],
    "predictions": [{"recording": {"scenario": "pingpong", "structure": "l3-large",
                                   "pages": [2, 1], "requests": 5},
                     "machine": "tiny", "pages": "4", "order": "cyclic"}]
}
JSON
study="$CROSSBILL study $dir/s.json --traces $dir/t -r $dir/r.db"
t=$dir/t
pingpong="$t/pingpong_l3-small_pages-1_requests-5.xbt $t/pingpong_l3-large_pages-1_requests-5.xbt $t/pingpong_l3-small_pages-2_requests-5.xbt $t/pingpong_l3-large_pages-2_requests-5.xbt"
is "the commands that it stands for" \
    "crossbill record null --structure=l3-small --output=$t/null_l3-small.xbt
crossbill record pingpong --structure=l3-small --pages=1 --requests=5 --output=$t/pingpong_l3-small_pages-1_requests-5.xbt
crossbill record pingpong --structure=l3-large --pages=1 --requests=5 --output=$t/pingpong_l3-large_pages-1_requests-5.xbt
crossbill record pingpong --structure=l3-small --pages=2 --requests=5 --output=$t/pingpong_l3-small_pages-2_requests-5.xbt
crossbill record pingpong --structure=l3-large --pages=2 --requests=5 --output=$t/pingpong_l3-large_pages-2_requests-5.xbt
crossbill replay --quiet --report=$dir/r.db --machine=tiny $t/null_l3-small.xbt $pingpong
crossbill replay --quiet --report=$dir/r.db --machine=i486-50 '--set=tlb.*.asid_bits=6' $t/null_l3-small.xbt $pingpong
crossbill record null --structure=l3-small --output=$t/null_l3-small.xbt
crossbill sweep --resume --report=$dir/r.db --machine=tiny --vary=memory.latency=1..3 $t/null_l3-small.xbt
crossbill record pingpong --structure=l3-large --pages=2 --requests=5 --output=$t/pingpong_l3-large_pages-2_requests-5.xbt
crossbill record pingpong --structure=l3-large --pages=1 --requests=5 --output=$t/pingpong_l3-large_pages-1_requests-5.xbt
crossbill predict --quiet --report=$dir/r.db --machine=tiny --pages=4 --order=cyclic $t/pingpong_l3-large_pages-2_requests-5.xbt $t/pingpong_l3-large_pages-1_requests-5.xbt" \
    "$($study --explain)"
ok "--explain does nothing" test ! -e "$t"

$study >"$dir/out" 2>"$dir/err"
is "it is done: exit code" 0 $?
is "it is done: nothing on standard error" "" "$(cat "$dir/err")"
is "recordings" 5 "$(ls "$t" | wc -l)"
is "replays" 10 "$(sqlite3 "$dir/r.db" "select count(*) from replays where state = 'done'")"
is "points of the sweep" 3 "$(sqlite3 "$dir/r.db" 'select count(*) from sweep_points')"
is "predictions, two of them beside replays" "1 1,2 1,4 0" "$(sqlite3 "$dir/r.db" \
    "select group_concat(pages || ' ' || (error_percent is not null)) from closed_form")"
is "the study" "a study|done" "$(sqlite3 "$dir/r.db" 'select name, state from studies')"

touch "$dir/mark"
$study >"$dir/out" 2>&1
is "again: exit code" 0 $?
is "again: nothing is recorded" "" "$(find "$t" -newer "$dir/mark" -name '*.xbt')"
truncate -s -50 "$t/null_l3-small.xbt"
$study >"$dir/out" 2>&1
is "a recording that was cut is made anew" "$t/null_l3-small.xbt" \
    "$(find "$t" -newer "$dir/mark" -name '*.xbt')"

for name in $($CROSSBILL study --list | cut -d' ' -f1); do
    $CROSSBILL study "$name" --explain >"$dir/out"
    is "$name, which comes with crossbill, can be planned" 0 $?
done

# wrong WHAT SENTENCE JSON
wrong()
{
    echo "$3" >"$dir/w.json"
    refuses "$1" 2 "crossbill: $dir/w.json: $2" \
        $CROSSBILL study "$dir/w.json" --traces "$dir/wt" -r "$dir/w.db"
}
wrong "no JSON" "line 1, column 9: not valid JSON: '}' expected near 'b'" '{"a": 1 b'
wrong "an unknown key" 'unknown key "machine"; did you mean "machines"?' \
    '{"name": "x", "machine": []}'
wrong "no name" "at name: expected a string" '{}'
wrong "no scenario" "at recordings.0: expected an object with at least a scenario" \
    '{"name": "x", "recordings": [{}]}'
wrong "an empty list" "at recordings.0: pages: the list is empty" \
    '{"name": "x", "recordings": [{"scenario": "null", "pages": []}]}'
wrong "an option smuggled in" \
    "at recordings.0: scenario: expected a short string, a whole number, or a list of them" \
    '{"name": "x", "recordings": [{"scenario": "--output=/etc/x"}]}'
wrong "a program smuggled in" 'at recordings.0: unknown key "qemu"' \
    '{"name": "x", "recordings": [{"scenario": "null", "qemu": "/bin/false"}]}'
wrong "no such scenario" \
    "at recordings.0.scenario.1: there is no scenario 'nul'; did you mean 'null'?" \
    '{"name": "x", "recordings": [{"scenario": ["call", "nul"]}]}'
wrong "no such structure" \
    "at recordings.0.structure: there is no structure 'match'; did you mean 'mach'?" \
    '{"name": "x", "recordings": [{"scenario": "null", "structure": "match"}]}'
wrong "a knob out of its range" \
    "at recordings.1.pages.2: '901' is not a number from 1 to 900" \
    '{"name": "x", "recordings": [{"scenario": "null"},
      {"scenario": "pingpong", "pages": [1, 900, 901]}]}'
wrong "a knob that does not bear on the scenario" "at recordings.0.pages: scenario null has no \
use for pages; its knobs are requests, warmup, domain, sysenter and timer" \
    '{"name": "x", "recordings": [{"scenario": ["pingpong", "null"], "pages": 8}]}'
wrong "a knob of a sweep's recording" "at sweeps.0.recording.files: scenario fault has no use \
for files; its knobs are requests, warmup, domain, pages, lines, pattern, write, seed and timer" \
    '{"name": "x", "sweeps": [{"recording": {"scenario": "fault", "files": 2},
      "machine": "tiny", "vary": ["memory.latency=1,2"]}]}'
wrong "machines for nothing" "at machines: there are no recordings to replay on them" \
    '{"name": "x", "machines": ["tiny"]}'
ok "nothing is made of a wrong one" test ! -e "$dir/w.db" -a ! -e "$dir/wt"
refuses "a study that is not there" 2 \
    "crossbill: there is no study 'l3-leson'; study --list has them all" \
    $CROSSBILL study l3-leson
finish
