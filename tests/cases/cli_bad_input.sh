#!/bin/sh
# Bad input: one sentence that names file, place and what was expected, the right exit
# code, and nothing half-written under its final name.
. tests/tap.sh
hint="Try \`crossbill replay --help' or \`crossbill replay --usage' for more
information."
record_hint="Try \`crossbill record --help' or \`crossbill record --usage' for more
information."

t=$dir/t.xbt
ok "record a trace to begin with" \
    $CROSSBILL record null --requests 3 --warm-up 0 -o "$t" >/dev/null
bytes=$(wc -c <"$t")

# poke FILE OFFSET OCTAL: change one byte.
poke()
{
    printf "\\$3" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}
# replay_fails WHAT CODE SENTENCE TRACE [OPTION...]: and leaves no report.
replay_fails()
{
    what=$1 code=$2 sentence=$3 trace=$4
    shift 4
    refuses "$what" "$code" "$sentence" \
        $CROSSBILL replay "$trace" -m tiny -r "$dir/r.db" "$@"
    ok "$what: no report is left" test ! -e "$dir/r.db"
}

# ---- traces ----
replay_fails "a missing trace" 4 \
    "crossbill: $dir/none.xbt: cannot open: No such file or directory" "$dir/none.xbt"
replay_fails "a directory" 4 "crossbill: $dir: cannot open: Is a directory" "$dir"
: >"$dir/empty.xbt"
replay_fails "an empty file" 3 \
    "crossbill: $dir/empty.xbt: byte 0: this is not a crossbill trace" "$dir/empty.xbt"
replay_fails "another kind of file" 3 \
    "crossbill: Makefile: byte 0: this is not a crossbill trace" Makefile
cp "$t" "$dir/later.xbt"
poke "$dir/later.xbt" 8 003
replay_fails "a trace of a later version" 3 \
    "crossbill: $dir/later.xbt: byte 8: the trace has version 3; this program reads versions 1 to 2" \
    "$dir/later.xbt"

# The first block begins after 20 bytes and a header of the length that they give.
first=$((24 + $(od -An -tu4 -j12 -N4 "$t")))
head -c $((bytes / 2)) "$t" >"$dir/cut.xbt"
cut="crossbill: $dir/cut.xbt: byte $first: the trace was cut; 0 records before this place are whole (replay --partial takes them); expected more blocks or the index"
replay_fails "a trace that was cut" 3 "$cut" "$dir/cut.xbt"
$CROSSBILL info "$dir/cut.xbt" >"$dir/out" 2>"$dir/err"
is "info of a cut trace: exit code" 3 $?
is "info of a cut trace: sentence" "$cut" "$(cat "$dir/err")"
is "info of a cut trace: what is whole" "records            0" \
    "$(grep '^records' "$dir/out")"
cp "$t" "$dir/flipped.xbt"
poke "$dir/flipped.xbt" $((first + 100)) 377
replay_fails "a damaged block" 3 \
    "crossbill: $dir/flipped.xbt: byte $first: the block is damaged: its checksum is wrong" \
    "$dir/flipped.xbt"

# ---- machines ----
replay_fails "a machine with a slip" 2 \
    "crossbill: $(readlink -f build)/machines: there is no machine \"tinny\"; did you mean \"tiny\"?" \
    "$t" -m tinny
replay_fails "a machine file that is missing" 4 \
    "crossbill: $dir/m.json: cannot be opened: No such file or directory" \
    "$t" -m "$dir/m.json"
$CROSSBILL machines tiny --json >"$dir/tiny.json"
sed 's/"walk"/"wlak"/' "$dir/tiny.json" >"$dir/m.json"
replay_fails "an unknown key" 2 \
    "crossbill: $dir/m.json: at wlak: unknown key \"wlak\"; did you mean \"walk\"?" \
    "$t" -m "$dir/m.json"
line=$(grep -n '"clock_khz"' "$dir/tiny.json" | cut -d: -f1)
sed "${line}s/.*/\"clock_khz\": 5, \"clock_khz\": 6,/" "$dir/tiny.json" >"$dir/m.json"
replay_fails "a duplicate key" 2 \
    "crossbill: $dir/m.json: line $line, column 27: not valid JSON: duplicate object key near '\"clock_khz\"'" \
    "$t" -m "$dir/m.json"
replay_fails "a size of zero" 2 \
    "crossbill: cache.l1.size=0: at cache.l1.size: expected a whole number from 1 to 1073741824, found 0" \
    "$t" -s cache.l1.size=0
replay_fails "a size that overflows" 2 \
    "crossbill: cache.l1.size=18446744073709551617: at cache.l1.size: expected a whole number from 1 to 1073741824, found \"18446744073709551617\"" \
    "$t" -s cache.l1.size=18446744073709551617
replay_fails "an override without a value" 2 \
    "crossbill: foo: expected PATH=VALUE, as in tlb.*.entries=64" "$t" -s foo

# Nobody writes into it: who waited for that would wait for ever.
mkfifo "$dir/pipe"
refuses "a pipe for a trace" 3 \
    "crossbill: $dir/pipe: a trace must be a regular file, not a pipe or a device" \
    timeout -s KILL 20 $CROSSBILL replay "$dir/pipe" -m tiny

# ---- reports ----
refuses "a pipe for a report" 4 \
    "crossbill: $dir/pipe: a report must be a regular file, not a pipe or a device" \
    timeout -s KILL 20 $CROSSBILL report "$dir/pipe"
refuses "a pipe for a report to write" 4 \
    "crossbill: $dir/pipe: a report must be a regular file, not a pipe or a device" \
    timeout -s KILL 20 $CROSSBILL replay -q "$t" -m tiny -r "$dir/pipe"
refuses "a report that is another file" 4 \
    "crossbill: $t: this is not a crossbill report (nor any SQLite file)" \
    $CROSSBILL replay "$t" -m tiny -r "$t"
is "that other file is as it was" "$bytes" "$(wc -c <"$t")"

# ---- usage ----
refuses "no machine" 2 \
    "crossbill replay: on which machine? (--machine NAME; crossbill machines lists them)
$hint" $CROSSBILL replay "$t"
refuses "no trace" 2 "crossbill replay: which trace? (crossbill record makes one)
$hint" $CROSSBILL replay -m tiny
refuses "no such phase" 2 \
    "crossbill replay: --phase: 'hot' is neither 'warm-up' nor 'measured'
$hint" $CROSSBILL replay "$t" -m tiny --phase hot

# ---- recordings: nothing is left, whatever happens ----
record_fails()
{
    what=$1 code=$2 sentence=$3
    shift 3
    mkdir "$dir/o"
    refuses "$what" "$code" "$sentence" $CROSSBILL record -o "$dir/o/t.xbt" "$@"
    is "$what: nothing is left" "" "$(ls -A "$dir/o")"
    rm -rf "$dir/o"
}
for pages in 0 -1 901 99999999999999999999 8x 0x8 "" " 8"; do
    record_fails "--pages '$pages'" 2 \
        "crossbill record: --pages: '$pages' is not a number from 1 to 900
$record_hint" null --pages "$pages"
done
record_fails "a scenario with a slip" 2 \
    "crossbill record: there is no scenario 'pinpong'; did you mean 'pingpong'?
$record_hint" pinpong
record_fails "an unknown structure" 2 \
    "crossbill record: there is no structure 'hurd'; record --list has them all
$record_hint" null --structure hurd
record_fails "no QEMU" 4 \
    "crossbill: $dir/qemu: cannot run it: No such file or directory" null --qemu "$dir/qemu"
false=$(readlink -f /bin/false)
record_fails "a program that is no QEMU" 4 \
    "crossbill: $false: expected QEMU, but --version says \"$($false --version | head -n 1)\"" \
    null --qemu "$false"
record_fails "a kernel that is none" 4 \
    "crossbill: $(pwd)/Makefile: expected an ELF file, found something else" \
    null --kernel "$(pwd)/Makefile"
refuses "a directory that is missing" 4 \
    "crossbill: $dir/none/t.xbt: cannot write there: No such file or directory" \
    $CROSSBILL record null -o "$dir/none/t.xbt"
finish
