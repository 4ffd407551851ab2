#!/bin/sh
# replay, as tables and as JSON: the null call to the cycle, sums that must hold, what is
# printed twice is the same, and a signal leaves a sound report.
. tests/tap.sh

# ask JSON PATH: one value.
ask()
{
    sqlite3 :memory: "select json_extract(readfile('$1'), '$2')"
}
# sum JSON CONDITION: the sum of the values (key, path) for which it holds.
sum()
{
    sqlite3 :memory: "select sum(value) from json_tree(readfile('$1')) where $2"
}

$CROSSBILL record null --requests 50 -o "$dir/null.xbt" >/dev/null
$CROSSBILL record pingpong --structure l3-large --pages 4 -o "$dir/large.xbt" >/dev/null
$CROSSBILL record pingpong --structure l3-small --pages 4 -o "$dir/small.xbt" >/dev/null

# The null call on the 486, by the table: int 71 + iret 36 = 107 is the border; test 1 +
# jcc not taken 1 = 2 the kernel's path; xor 1 + ret 5 = 6 the caller's stub. Warm, it
# misses nothing.
$CROSSBILL replay "$dir/null.xbt" -m i486-50 --json >"$dir/null.json"
call='$.phases.measured.crossings.call'
is "null call: count" 50 "$(ask "$dir/null.json" "$call.count")"
is "null call: border, in all" $((50 * 107000)) \
    "$(ask "$dir/null.json" "$call.account_mcycles.border")"
is "null call: kernel path, in all" $((50 * 2000)) \
    "$(ask "$dir/null.json" "$call.account_mcycles.kernel_path")"
is "null call: binding, in all" $((50 * 6000)) \
    "$(ask "$dir/null.json" "$call.account_mcycles.binding")"
is "null call: median" 115000 "$(ask "$dir/null.json" "$call.total.median_mcycles")"
is "null call: instructions, in all" $((50 * 6)) "$(ask "$dir/null.json" "$call.instructions")"
is "null call: as a table" \
    "call          50             6     115  115  115       115         .            115" \
    "$($CROSSBILL replay "$dir/null.xbt" -m i486-50 | grep '^call ')"

# total = work + competition + explicit + implicit + idle, in every replay.
for trace in null large small; do
    for machine in i486-50 pentium-100 tiny; do
        $CROSSBILL replay "$dir/$trace.xbt" -m $machine --json >"$dir/l.json"
        total=$(ask "$dir/l.json" '$.total_mcycles')
        is "$trace on $machine: the groups add up" "$total" \
            "$(sum "$dir/l.json" "path like '%group_mcycles%'")"
        is "$trace on $machine: the accounts add up" "$total" \
            "$(sum "$dir/l.json" "path like '%.accounts.%' and
                                  key in ('instruction_mcycles', 'memory_mcycles')")"
        $CROSSBILL replay "$dir/$trace.xbt" -m $machine --json --plain >"$dir/p.json"
        is "$trace on $machine: the plain simulator's total" "$total" \
            "$(ask "$dir/p.json" '$.total_mcycles')"
    done
done

# Space switches: by CR3 in large domains, by segment in small ones; two a request.
$CROSSBILL replay "$dir/large.xbt" "$dir/small.xbt" -m pentium-100 --json >"$dir/two.json"
is "large: by CR3" 400 "$(ask "$dir/two.json" '$[0].phases.measured.space_switches_cr3')"
is "large: by segment" 0 \
    "$(ask "$dir/two.json" '$[0].phases.measured.space_switches_segment')"
is "small: by CR3" 0 "$(ask "$dir/two.json" '$[1].phases.measured.space_switches_cr3')"
is "small: by segment" 400 \
    "$(ask "$dir/two.json" '$[1].phases.measured.space_switches_segment')"

# With the crossings made on its behalf a call costs more than alone, a reply no more:
# nothing is done on behalf of an answer.
$CROSSBILL replay "$dir/large.xbt" -m pentium-100 --json >"$dir/l.json"
kinds='$.phases.measured.crossings'
ok "a call's children are on its bill" \
    test "$(ask "$dir/l.json" "$kinds.ipc_call.with_children.sum_mcycles")" -gt \
    "$(ask "$dir/l.json" "$kinds.ipc_call.total.sum_mcycles")"
is "a reply has none" "$(ask "$dir/l.json" "$kinds.ipc_reply.total.sum_mcycles")" \
    "$(ask "$dir/l.json" "$kinds.ipc_reply.with_children.sum_mcycles")"

# The what-if of the README: tags take away every refill after a flush.
refill='$.phases.measured.crossings.ipc_call.account_mcycles.refill_after_flush'
$CROSSBILL replay "$dir/large.xbt" -m pentium-100 --json >"$dir/l.json"
ok "untagged: there is refill after flush" test "$(ask "$dir/l.json" "$refill")" -gt 0
$CROSSBILL replay "$dir/large.xbt" -m pentium-100 --set 'tlb.*.asid_bits=6' \
    --json >"$dir/l.json"
is "tagged: there is none" "" "$(ask "$dir/l.json" "$refill")"

# Warmth: tags keep a domain's pages in a TLB with room for those of all.
$CROSSBILL replay "$dir/large.xbt" -m pentium-100 --set 'tlb.*.asid_bits=6' \
    --json >"$dir/l.json"
ok "warmth: pages are asked for" test \
    "$(ask "$dir/l.json" '$.phases.measured.domains[#-1].warmth_asked.dtlb')" -gt 0
is "warmth: tagged, every page asked for is resident" \
    "$(ask "$dir/l.json" '$.phases.measured.domains[#-1].warmth_asked.dtlb')" \
    "$(ask "$dir/l.json" '$.phases.measured.domains[#-1].warmth_resident.dtlb')"
$CROSSBILL replay "$dir/large.xbt" -m pentium-100 >"$dir/out"
ok "warmth: on the page" grep -q '^Warmth  *itlb  *dtlb  *l1i  *l1d' "$dir/out"

for form in "" --json --plain "--phase warm-up"; do
    $CROSSBILL replay "$dir/small.xbt" -m i486-50 $form >"$dir/a"
    $CROSSBILL replay "$dir/small.xbt" -m i486-50 $form --threads 1 >"$dir/b"
    ok "the same bytes twice${form:+, with $form}" cmp -s "$dir/a" "$dir/b"
done
is "--phase: in words" 1 "$(grep -c '^warm-up phase: ' "$dir/a")"
is "--quiet prints nothing" "" \
    "$($CROSSBILL replay "$dir/null.xbt" -m tiny --quiet -r "$dir/q.db" 2>&1)"

# A trace that was cut is replayed when asked for, with a warning.
head -c $(($(wc -c <"$dir/small.xbt") - 100)) "$dir/small.xbt" >"$dir/cut.xbt"
$CROSSBILL replay "$dir/cut.xbt" -m tiny --partial >"$dir/out" 2>"$dir/err"
is "--partial: exit code" 0 $?
ok "--partial: a warning" grep -q "cut.xbt: the trace was cut at byte [0-9]*; replaying its [0-9]* whole records" "$dir/err"

# --lenient stamps the result, also where there was nothing to put right.
$CROSSBILL replay "$dir/small.xbt" -m tiny --lenient -r "$dir/lenient.db" >"$dir/out"
is "--lenient: on the page" "lenient: 0 records were put right" "$(grep lenient "$dir/out")"
is "--lenient: in the report" 1 \
    "$(sqlite3 "$dir/lenient.db" "select json_extract(options, '$.lenient') from replays")"
$CROSSBILL replay "$dir/small.xbt" -m tiny --lenient --json >"$dir/l.json"
is "--lenient: in JSON" "0 0 0 0" "$(ask "$dir/l.json" '$.repairs.crossing_out') $(ask \
    "$dir/l.json" '$.repairs.call_from_kernel') $(ask "$dir/l.json" '$.repairs.nesting') $(ask \
    "$dir/l.json" '$.repairs.undeclared_domain')"
$CROSSBILL replay "$dir/small.xbt" -m tiny --json >"$dir/l.json"
is "without it there is no stamp" "" "$(ask "$dir/l.json" '$.repairs')"

# Random replacement: one draw says so; several give mean and spread, the same each time.
random="-m tiny -s cache.*.replacement=random -s tlb.*.replacement=random"
$CROSSBILL replay "$dir/large.xbt" $random --json >"$dir/l.json" 2>"$dir/err"
is "one draw: a warning" \
    "crossbill: tiny replaces at random: this is one draw; --seeds N shows mean and spread" \
    "$(cat "$dir/err")"
$CROSSBILL replay "$dir/large.xbt" $random --seeds 3 --json >"$dir/a" 2>"$dir/err"
is "--seeds: no warning" "" "$(cat "$dir/err")"
$CROSSBILL replay "$dir/large.xbt" $random --seeds 3 --json >"$dir/b"
ok "--seeds: the same bytes twice" cmp -s "$dir/a" "$dir/b"
first=$(ask "$dir/l.json" '$.total_mcycles')
ok "--seeds: the one draw is within" test "$(ask "$dir/a" '$.total.min_mcycles')" -le "$first" \
    -a "$first" -le "$(ask "$dir/a" '$.total.max_mcycles')"
ok "--seeds: the draws differ" test "$(ask "$dir/a" '$.total.deviation_mcycles')" -gt 0
is "--seeds: what is executed does not" 0 \
    "$(ask "$dir/a" '$.phases.measured.explicit.deviation_mcycles')"
$CROSSBILL replay "$dir/large.xbt" $random --seeds 3 >"$dir/out"
is "--seeds: as a table" \
    "$dir/large.xbt on tiny: 3 draws of random replacement" "$(head -n 1 "$dir/out")"
$CROSSBILL replay "$dir/large.xbt" -m tiny --seeds 3 >"$dir/out" 2>"$dir/err"
is "--seeds where nothing is drawn: exit code" 2 $?
is "--seeds where nothing is drawn: sentence" \
    "crossbill: --seeds: nothing in tiny replaces at random, so every seed gives the same result" \
    "$(cat "$dir/err")"

# A signal: the report says that the replay did not finish.
$CROSSBILL record pingpong --pages 64 -o "$dir/long.xbt" >/dev/null
for signal in INT:130 TERM:143; do
    report=$dir/${signal%:*}.db
    env --default-signal=INT $CROSSBILL replay "$dir/long.xbt" -m i486-50 -r "$report" \
        >"$dir/out" 2>"$dir/err" &
    replay=$!
    while kill -0 $replay 2>/dev/null && ! test -s "$report"; do
        sleep 0.01
    done
    kill -"${signal%:*}" $replay
    wait $replay
    is "SIG${signal%:*}: exit code" "${signal#*:}" $?
    is "SIG${signal%:*}: nothing is printed" "" "$(cat "$dir/out")"
    is "SIG${signal%:*}: the report is sound" ok \
        "$(sqlite3 "$report" 'pragma integrity_check')"
    is "SIG${signal%:*}: no finished replay" 0 \
        "$(sqlite3 "$report" "select count(*) from replays where state = 'done'")"
done
finish
