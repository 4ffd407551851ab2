#!/bin/sh
# claims, end to end: what is missing is recorded, the verdicts are those of the figures,
# and they stand in a report; bad input is refused.
. tests/tap.sh

# ask JSON NAME FIELD: one field of the claim of that name.
ask()
{
    sqlite3 :memory: "select value->>'$3' from json_each(readfile('$1'), '$.claims')
                      where value->>'name' = '$2'"
}

# The null call on i486-50: int 71 + iret 36 is the border; test 1 and jcc not taken 1 the
# kernel's path; xor 1 and ret 5 the stub. Cold it is 3 pages and 7 lines more.
$CROSSBILL claims --traces "$dir/t" --json --report "$dir/r.db" border-bound \
    null-call-warm null-call-cold null-call-123-has-misses >"$dir/c.json"
is "recorded" "null_l3-small.xbt" "$(ls "$dir/t")"
is "border: figure" "107 cycles" "$(ask "$dir/c.json" border-bound figure)"
is "border: measured" "107 cycles" "$(ask "$dir/c.json" border-bound measured)"
is "border: verdict" reproduced "$(ask "$dir/c.json" border-bound verdict)"
is "border: numbers" "107.0 107.0 cycles" "$(ask "$dir/c.json" border-bound figure_value) $(
    ask "$dir/c.json" border-bound measured_value) $(ask "$dir/c.json" border-bound unit)"
is "border: flag" T "$(ask "$dir/c.json" border-bound flag)"
is "warm: measured" "115 cycles" "$(ask "$dir/c.json" null-call-warm measured)"
is "lesson: verdict" differs "$(ask "$dir/c.json" null-call-123-has-misses verdict)"
is "lesson: who" lesson "$(ask "$dir/c.json" null-call-123-has-misses said_by)"
is "lesson: measured" "0 of 115 cycles are misses" \
    "$(ask "$dir/c.json" null-call-123-has-misses measured)"
is "four claims" 4 "$(sqlite3 :memory: "select json_array_length(readfile('$dir/c.json'), '$.claims')")"
is "in the report, in order" \
    "border-bound,null-call-warm,null-call-123-has-misses,null-call-cold" \
    "$(sqlite3 "$dir/r.db" "select group_concat(name) from
                            (select name from claims order by position)")"
is "in the report, the same" "$(ask "$dir/c.json" null-call-cold reason)" \
    "$(sqlite3 "$dir/r.db" "select reason from claims where name = 'null-call-cold'")"
$CROSSBILL claims --traces "$dir/t" --report "$dir/r.db" border-bound >/dev/null
is "again: replaced" 4 "$(sqlite3 "$dir/r.db" "select count(*) from claims")"

# The same claims as text.
$CROSSBILL claims --traces "$dir/t" border-bound >"$dir/text"
is "as text" "border-bound
    A kernel call on the 486 cannot cost less than int and iret
    paper         107 cycles [T: Liedtke, On Micro-Kernel Construction, SOSP
                  1995, section 4.1.1]
    measured      107 cycles [border of the null call on i486-50]
    verdict       reproduced [rule: equal]" "$(sed -n 3,8p "$dir/text")"
is "as text: sum" "1 reproduced, 0 differ, 0 of unverified figures, 0 not measured" \
    "$(tail -n 1 "$dir/text")"

# In brief: 80 columns, or what the terminal has.
is "in brief" "\
statement                        said by    figure there  measured    verdict
                                                          here
-------------------------------  ---------  ------------  ----------  ----------
A kernel call on the 486 cannot  paper [T]  107 cycles    107 cycles  reproduced
  cost less than int and iret" \
    "$($CROSSBILL claims --brief --traces "$dir/t" border-bound | head -n 5)"
is "in brief: at most 80 columns" 80 "$($CROSSBILL claims --brief --no-recording \
    --traces "$dir/none" | awk 'length > most { most = length } END { print most }')"
script -qec "stty cols 120; $CROSSBILL claims --brief --traces $dir/t border-bound" \
    /dev/null </dev/null | tr -d '\r' >"$dir/wide"
is "in brief: on a wide terminal" \
    "A kernel call on the 486 cannot cost less than int and iret  paper [T]  107 cycles    \
107 cycles     reproduced" "$(sed -n 3p "$dir/wide")"

# Nothing to measure with.
$CROSSBILL claims --traces "$dir/none" --no-recording --json border-bound >"$dir/n.json"
is "no recording: verdict" not_measured "$(ask "$dir/n.json" border-bound verdict)"
is "no recording: nothing measured" "" "$(ask "$dir/n.json" border-bound measured)"
is "no recording: why" "There is no recording $dir/none/null_l3-small.xbt." \
    "$(ask "$dir/n.json" border-bound reason)"

# A recording that is not what its name says.
mkdir "$dir/wrong"
$CROSSBILL record call -o "$dir/wrong/null_l3-small.xbt" >/dev/null
refuses "another scenario" 3 "crossbill: $dir/wrong/null_l3-small.xbt: this is another \
recording than its name says; expected scenario, structure and knobs as in the name" \
    $CROSSBILL claims --traces "$dir/wrong" border-bound
head -c 600 "$dir/t/null_l3-small.xbt" >"$dir/wrong/null_l3-small.xbt"
ok "a damaged one: exit code" test \
    "$($CROSSBILL claims --traces "$dir/wrong" border-bound >/dev/null 2>&1; echo $?)" = 3

# In the cache, what is not what it should be is recorded again.
case $CROSSBILL in /*) program=$CROSSBILL ;; *) program=$PWD/$CROSSBILL ;; esac
mkdir "$dir/cache"
(cd "$dir/cache" && "$program" claims border-bound >/dev/null)
cache=$dir/cache/reports/out/traces/null_l3-small.xbt
ok "the cache has the recording" cmp -s "$cache" "$dir/t/null_l3-small.xbt"
$CROSSBILL record call -o "$cache" >/dev/null
(cd "$dir/cache" && "$program" claims border-bound >/dev/null)
ok "the cache has it again" cmp -s "$cache" "$dir/t/null_l3-small.xbt"

is "an unknown claim" "crossbill claims: there is no claim 'border-bond'; did you mean \
'border-bound'?" "$($CROSSBILL claims border-bond 2>&1 | head -n 1)"
$CROSSBILL claims --no-recording --traces "$dir/none" --json >"$dir/all.json"
is "the list has them all" "$($CROSSBILL claims --list | wc -l)" \
    "$(sqlite3 :memory: "select json_array_length(readfile('$dir/all.json'), '$.claims')")"
finish
