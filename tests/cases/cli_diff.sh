#!/bin/sh
# diff: what tags take away, to the entry; nothing where nothing differs; reports.
. tests/tap.sh

$CROSSBILL record pingpong --structure l3-large --pages 4 --requests 20 -o "$dir/l.xbt" \
    >/dev/null
$CROSSBILL record pingpong --structure l3-small --pages 4 --requests 20 -o "$dir/s.xbt" \
    >/dev/null

$CROSSBILL diff "$dir/l.xbt" -m i486-50 -m i486-50 >"$dir/out"
is "a replay and itself: exit code" 0 $?
is "a replay and itself: no account is named" "" "$(grep '^  ' "$dir/out")"

# A what-if about tags changes nothing but the refill after flush.
$CROSSBILL diff "$dir/l.xbt" -m pentium-100 --set 'tlb.*.asid_bits=6' >"$dir/out"
is "tags: exit code" 1 $?
is "tags: the accounts that change" "path, refill after flush
refill after flush" "$(sed -n 's/^  \(.*[a-z]\)   *[0-9].*/\1/p' "$dir/out")"
is "tags: work does not change" 0 "$(sed -n 's/^work .* \([^ ]*\)$/\1/p' "$dir/out")"
is "no blank at the end of a line" "" "$(grep ' $' "$dir/out")"

$CROSSBILL diff "$dir/s.xbt" "$dir/l.xbt" -m i486-50 >"$dir/out"
is "two traces: exit code" 1 $?
is "two traces: work is the same" 0 "$(sed -n 's/^work .* \([^ ]*\)$/\1/p' "$dir/out")"

$CROSSBILL replay -q -r "$dir/a.db" -m i486-50 "$dir/l.xbt"
cp "$dir/a.db" "$dir/b.db"
is "two equal reports" "Equal in both: 2 of 2 sums of replays, 34 of 34 accounts" \
    "$($CROSSBILL diff "$dir/a.db" "$dir/b.db")"
$CROSSBILL diff "$dir/a.db" "$dir/b.db" >/dev/null
is "two equal reports: exit code" 0 $?
$CROSSBILL replay -q -r "$dir/b.db" -m tiny "$dir/l.xbt"
$CROSSBILL diff "$dir/a.db" "$dir/b.db" >"$dir/out"
is "a replay more: exit code" 1 $?
is "a replay more: what is said" "only in the second" \
    "$(sed -n 's/^pingpong l3-large 4 tiny measured  *\(only .*\)/\1/p' "$dir/out")"


# A cycle more in one account: in it, in its group's sum and in the total. A verdict, and a
# sweep whose points differ by what memory costs.
cp "$dir/a.db" "$dir/b.db"
for r in a b; do
    $CROSSBILL claims --traces "$dir" --report "$dir/$r.db" border-bound >"$dir/out"
    $CROSSBILL sweep "$dir/l.xbt" -m tiny --vary memory.latency=5,6 --report "$dir/$r.db" \
        >"$dir/out" 2>&1
done
sqlite3 "$dir/b.db" "update ledger set instruction_mcycles = instruction_mcycles + 1000 where
        account = 'border' and phase = 'measured';
    update claims set verdict = 'differs';
    update sweep_points set implicit_mcycles = implicit_mcycles + 20000 where point = 1"
$CROSSBILL diff "$dir/a.db" "$dir/b.db" >"$dir/out"
is "one account: exit code" 1 $?
cycles() { sqlite3 "$dir/$1.db" "select $2"; }
border="cast(cycles as integer) from by_account where account = 'border' and phase = 'measured'"
is "one account, and nothing of the others" \
    "$(cycles a "$border") $(cycles b "$border") +" \
    "$(sed -n 's/^pingpong l3-large 4 i486-50 measured border  *cycles  *\([0-9.]*\)  *\([0-9.]*\)  *+[1-9]\([0-9.]*\)$/\1 \2 +/p' "$dir/out")"
is "what differs" "explicit
total
cycles
verdict
implicit
total" "$(awk '/^$/ || /first  *second  *change$/ || /^Equal/ { next }
    { for (i = 1; i <= NF; i++) if ($i ~ /^(explicit|total|cycles|verdict|implicit)$/) print $i }' "$dir/out")"
is "a verdict" "border-bound verdict reproduced differs" \
    "$(grep '^border-bound' "$dir/out" | xargs)"
is "a point, and which" "+1" \
    "$(sed -n 's/^pingpong l3-large 4 tiny memory.latency=6  *implicit .* \(+[0-9.]*\)$/\1/p' "$dir/out")"
is "how much is equal" "Equal in both: 1 of 2 sums of replays, 33 of 34 accounts, 0 of 1 claim, \
1 of 2 points of sweeps" "$(tail -n 1 "$dir/out")"
is "no blank at the end of a line of it" "" "$(grep ' $' "$dir/out")"

hint="Try \`crossbill diff --help' or \`crossbill diff --usage' for more information."
refuses "one replay alone" 2 \
    "crossbill diff: with what? (a second trace, a second --machine, or --set)
$hint" $CROSSBILL diff "$dir/l.xbt" -m tiny
refuses "one report alone" 2 "crossbill diff: with which other report?
$hint" $CROSSBILL diff "$dir/a.db"
finish
