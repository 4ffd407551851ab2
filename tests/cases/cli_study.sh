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
                     "machine": "tiny", "pages": "4", "order": "cyclic"}],
    "claims": ["border-bound"], "charts": ["domain-size"], "reports": ["html", "md"]
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
crossbill sweep --resume --report=$dir/r.db --machine=tiny --vary=memory.latency=1..3 $t/null_l3-small.xbt
crossbill predict --quiet --report=$dir/r.db --machine=tiny --pages=4 --order=cyclic $t/pingpong_l3-large_pages-2_requests-5.xbt $t/pingpong_l3-large_pages-1_requests-5.xbt
crossbill claims --traces=$t --renew --report=$dir/r.db --output=$dir/r-claims.txt border-bound
crossbill chart $dir/r.db --all=$dir/r domain-size
crossbill report $dir/r.db --output=$dir/r.html
crossbill report $dir/r.db --output=$dir/r.md
crossbill report $dir/r.db" \
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

is "whose results they are" "10|1" "$(sqlite3 "$dir/r.db" \
    'select count(study), (select count(study) from sweeps) from replays')"
is "charts beside it" "domain-size-i486-50.png domain-size-i486-50.svg \
domain-size-tiny.png domain-size-tiny.svg" "$(ls "$dir/r" | xargs)"
is "charts in the file" "domain-size-i486-50 domain-size-tiny" "$(sqlite3 "$dir/r.db" \
    "select name from charts where name like 'domain-size%' order by name" | xargs)"
ok "a page that is not unfinished" grep -q 'What crossing the border costs' "$dir/r.html"
is "nothing in it is unfinished" "" "$(sqlite3 "$dir/r.db" 'select * from unfinished')"
is "the claims" "1 reproduced, 0 differ, 0 of unverified figures, 0 not measured" \
    "$(tail -n 1 "$dir/r-claims.txt")"
is "last, where all of it is" "$dir/r.html       the report
$dir/r.md         the report
$dir/r/           the directory of its charts
$dir/r-claims.txt its claims, with reasons
$dir/r.db         its numbers (sqlite3 reads it)" "$(tail -n 5 "$dir/out" | sed 's/  */ /' |
    awk '{ file = $1; $1 = ""; printf "%-*s%s\n", length("'"$dir"'/r-claims.txt"), file, $0 }')"
cp "$dir/r.db" "$dir/first.db"

# changed WHAT FILES: runs the study again; the files that are newer than before.
changed()
{
    sleep 0.01
    touch "$dir/mark"
    $study >"$dir/out" 2>"$dir/err"
    is "$1: exit code" 0 $?
    is "$1: what is made" "$2" "$(cd "$dir" && find . -newer mark -type f ! -name out ! -name err |
        LC_ALL=C sort | xargs)"
}
all="./r-claims.txt ./r.db ./r.html ./r.md ./r/domain-size-i486-50.png \
./r/domain-size-i486-50.svg ./r/domain-size-tiny.png ./r/domain-size-tiny.svg"
changed "again" ""
is "again: it says so" "a study was done, and nothing has changed since (--anew does it again)" \
    "$(head -n 1 "$dir/out")"
rm "$dir/r.md"
changed "a page that is gone" "./r.md"
rm "$dir/r-claims.txt"
changed "claims that are gone" "./r-claims.txt ./r.db"
study="$study --anew"
changed "--anew" "$all"
study=${study% --anew}
truncate -s -50 "$t/null_l3-small.xbt"
changed "a recording that was cut" "${all%% *} ${all#* } ./t/null_l3-small.xbt"
is "a recording that was cut: it says so" \
    "crossbill: $t/null_l3-small.xbt: cut short; recording it again" "$(cat "$dir/err")"
is "the same results come of it" "$(sqlite3 "$dir/first.db" \
    'select total_mcycles from replays order by total_mcycles')" \
    "$(sqlite3 "$dir/r.db" 'select total_mcycles from replays order by total_mcycles')"
mv "$t/null_l3-small.xbt" "$dir/aside.xbt"
mkdir "$t/null_l3-small.xbt"
refuses "a recording that cannot be read is not made again" 4 \
    "crossbill: $t/null_l3-small.xbt: cannot read: Is a directory" $study
rmdir "$t/null_l3-small.xbt"
mv "$dir/aside.xbt" "$t/null_l3-small.xbt"

# Another kernel, another recorder: all that is needed of a tree beside it.
mkdir "$dir/data" "$dir/data/kernel"
given=${CROSSBILL_DATA-}
data=${given:-$(dirname "$(readlink -f "$CROSSBILL")")}
ln -s "$data/machines" "$data/studies" "$dir/data"
cp "$data/crossbill-recorder.so" "$dir/data"
{ cat "$data/kernel/crossbill-kernel.elf" && echo; } >"$dir/data/kernel/crossbill-kernel.elf"
CROSSBILL_DATA=$dir/data
export CROSSBILL_DATA
small="$CROSSBILL study $dir/small.json --traces $dir/st -r $dir/s.db"
echo '{"name": "small", "recordings": [{"scenario": "null", "requests": [2, 3]}],
    "machines": ["tiny"]}' >"$dir/small.json"
$small >"$dir/out"
is "another kernel: at first" "2 2" "$(ls "$dir/st" | wc -l) $(
    sqlite3 "$dir/s.db" 'select count(*) from traces')"
echo >>"$dir/data/kernel/crossbill-kernel.elf"
$small >"$dir/out" 2>"$dir/err"
is "another kernel" "\
crossbill: $dir/st/null_requests-2.xbt: made with another kernel; recording it again
crossbill: $dir/st/null_requests-3.xbt: made with another kernel; recording it again" \
    "$(cat "$dir/err")"
is "another kernel: results of the old one are gone" "2 2" \
    "$(sqlite3 -separator ' ' "$dir/s.db" 'select count(*), (select count(*) from replays) from traces')"
sleep 0.01
touch "$dir/data/crossbill-recorder.so"
$small >"$dir/out" 2>"$dir/err"
is "another recorder" \
    "crossbill: $dir/st/null_requests-2.xbt: older than the recorder; recording it again" \
    "$(head -n 1 "$dir/err")"

# Another machine under the same name, another text, and results that are not the study's.
$CROSSBILL replay -q -r "$dir/s.db" -m i486-50 "$t/null_l3-small.xbt"
rm "$dir/data/machines"
cp -rL "$data/machines" "$dir/data/machines"
sed -i 's/"latency": *[0-9]*/"latency": 77/' "$dir/data/machines/tiny.json"
$small >"$dir/out" 2>"$dir/err"
is "another machine: the old one's results are gone" "i486-50|1 tiny|2" "$(sqlite3 "$dir/s.db" \
    'select m.name, count(*) from machines m join replays using (machine) group by 1' | xargs)"
sed -i 's/\[2, 3\]/2/' "$dir/small.json"
$small >"$dir/out" 2>"$dir/err"
is "another text: nothing else is kept" "i486-50|1 tiny|1" "$(sqlite3 "$dir/s.db" \
    'select m.name, count(*) from machines m join replays using (machine) group by 1' | xargs)"

# What is of a machine as it was goes, whoever put it there; its variants are not the same.
$CROSSBILL replay -q -r "$dir/s.db" -m tiny "$t/null_l3-small.xbt"
$CROSSBILL replay -q -r "$dir/s.db" -m tiny -s tlb.tlb.replacement=fifo "$t/null_l3-small.xbt"
sed -i 's/"latency": *[0-9]*/"latency": 78/' "$dir/data/machines/tiny.json"
$small >"$dir/out" 2>"$dir/err"
is "a machine's older results are dropped, and it says so" \
    "crossbill: $dir/s.db: the machine tiny is described otherwise by now; its older results are dropped" \
    "$(cat "$dir/err")"
is "it is there once, and its variant as well" \
    "i486-50|1 tiny|1 tiny, tlb.tlb.replacement=fifo|1" \
    "$(sqlite3 "$dir/s.db" 'select machine, count(*) from replay_list group by 1' | xargs)"
$small >"$dir/out" 2>"$dir/err"
is "once" "" "$(cat "$dir/err")"
if [ -n "$given" ]; then CROSSBILL_DATA=$given; else unset CROSSBILL_DATA; fi

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
use for pages; its knobs are requests, warm_up, domain, sysenter and timer" \
    '{"name": "x", "recordings": [{"scenario": ["pingpong", "null"], "pages": 8}]}'
wrong "a knob of a sweep's recording" "at sweeps.0.recording.files: scenario fault has no use \
for files; its knobs are requests, warm_up, domain, pages, lines, pattern, write, seed and timer" \
    '{"name": "x", "sweeps": [{"recording": {"scenario": "fault", "files": 2},
      "machine": "tiny", "vary": ["memory.latency=1,2"]}]}'
wrong "machines for nothing" "at machines: there are no recordings to replay on them" \
    '{"name": "x", "machines": ["tiny"]}'
wrong "no such machine" \
    'at machines.1: there is no machine "pentium-10"; did you mean "pentium-100"?' \
    '{"name": "x", "recordings": [{"scenario": "null"}],
      "machines": ["tiny", "pentium-10"]}'
mkdir "$dir/theirs"
sed 's/"latency": *[0-9]*/"latency": 79/' "$data/machines/tiny.json" >"$dir/theirs/tiny.json"
echo '{"name": "x", "recordings": [{"scenario": "null", "structure": "l3-small"}],
      "machines": ["'"$dir"'/theirs/none.json"]}' >"$dir/w.json"
refuses "a machine's file that cannot be read" 4 \
    "crossbill: $dir/w.json: at machines.0: $dir/theirs/none.json: cannot be opened: No such file or directory" \
    $CROSSBILL study "$dir/w.json" --traces "$dir/wt" -r "$dir/w.db"
wrong "two machines of one name" \
    "at machines.1: tiny and $dir/theirs/tiny.json are both named tiny; expected a name for each" \
    '{"name": "x", "recordings": [{"scenario": "null", "structure": "l3-small"}],
      "machines": ["tiny", "'"$dir"'/theirs/tiny.json"]}'
wrong "a change of a machine that cannot be" \
    'at machines.0: tlb.*.entires=4: at tlb.tlb.entires: unknown key "entires"; did you mean "entries"?' \
    '{"name": "x", "recordings": [{"scenario": "null"}],
      "machines": [{"machine": "tiny", "set": ["tlb.*.entires=4"]}]}'
wrong "a change that is no text" "at machines.0.set.1: expected a string" \
    '{"name": "x", "recordings": [{"scenario": "null"}],
      "machines": [{"machine": "tiny", "set": ["memory.latency=1", 4]}]}'
wrong "an axis that cannot be" \
    'at sweeps.0.vary.0: memory.latency=4..1: the range "4..1" is empty; expected FROM to be at most TO' \
    '{"name": "x", "sweeps": [{"recording": {"scenario": "null"},
      "machine": "tiny", "vary": ["memory.latency=4..1"]}]}'
wrong "a sweep over nothing" "at sweeps.0.vary: expected a list of what to vary" \
    '{"name": "x", "sweeps": [{"recording": {"scenario": "null"}, "machine": "tiny"}]}'
wrong "no such claim" "at claims.1: there is no claim 'border-bond'; did you mean 'border-bound'?" \
    '{"name": "x", "claims": ["null-call-warm", "border-bond"]}'
wrong "no such chart" "at charts.0: there is no kind of chart 'refil'; did you mean 'refill'?" \
    '{"name": "x", "charts": ["refil"]}'
wrong "charts in words" "at charts: expected true, false or a list of strings" \
    '{"name": "x", "charts": "all"}'
wrong "no such format" "at reports.0: there is no format 'htm'; did you mean 'html'?" \
    '{"name": "x", "reports": ["htm"]}'
wrong "a place smuggled in" 'unknown key "report"; did you mean "reports"?' \
    '{"name": "x", "report": "/etc/x"}'
ok "nothing is made of a wrong one" test ! -e "$dir/w.db" -a ! -e "$dir/wt"
refuses "a study that is not there" 2 \
    "crossbill: there is no study 'l3-leson'; study --list has them all" \
    $CROSSBILL study l3-leson
finish
