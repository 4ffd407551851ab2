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
is "two equal reports: nothing is printed" "" "$($CROSSBILL diff "$dir/a.db" "$dir/b.db")"
$CROSSBILL replay -q -r "$dir/b.db" -m tiny "$dir/l.xbt"
$CROSSBILL diff "$dir/a.db" "$dir/b.db" >"$dir/out"
is "a replay more: exit code" 1 $?
is "a replay more: what is said" "only in the second" \
    "$(sed -n 's/^pingpong l3-large 4 tiny measured  *\(only .*\)/\1/p' "$dir/out")"

hint="Try \`crossbill diff --help' or \`crossbill diff --usage' for more information."
refuses "one replay alone" 2 \
    "crossbill diff: with what? (a second trace, a second --machine, or --set)
$hint" $CROSSBILL diff "$dir/l.xbt" -m tiny
refuses "one report alone" 2 "crossbill diff: with which other report?
$hint" $CROSSBILL diff "$dir/a.db"
finish
