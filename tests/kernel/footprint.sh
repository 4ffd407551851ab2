#!/bin/sh
# What a call costs in instructions, cache lines and pages, read off recordings: short IPC
# and the null call are as small as they should be, every recording passes the check, and
# work is the same number of instructions in all structures.
. "$(dirname "$0")/guest.inc"
crossbill=${CROSSBILL:-build/crossbill}
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# take NAME ARGUMENT...: record, check, sum up into $scratch/NAME.
take() {
    name=$1
    shift
    "$crossbill" record -o "$scratch/$name.xbt" "$@" >"$scratch/error" 2>&1 &&
        "$crossbill" check "$scratch/$name.xbt" >"$scratch/findings" 2>&1
    status=$?
    console=$(cat "$scratch/error" "$scratch/findings" 2>/dev/null)
    result $status "$name is recorded and passes the check"
    "$crossbill" dump "$scratch/$name.xbt" 2>/dev/null |
        awk -f "$(dirname "$0")/footprint.awk" >"$scratch/$name"
}
value() {
    awk -v key="$2" '$1 == key { print $2 }' "$scratch/$1"
}
# at_most NAME KEY LIMIT
at_most() {
    got=$(value "$1" "$2")
    console="$2 is $got"
    [ -n "$got" ] && [ "$got" -gt 0 ] && [ "$got" -le "$3" ]
    result $? "$1: $2 at most $3"
    echo "# $1: $2 $got"
}

few="--requests 6 --warm-up 3"
take null null --structure l3-small $few
at_most null most.instructions 12
take sysenter null --structure l3-large --sysenter 1 --cpu pentium3 $few
at_most sysenter most.instructions 12
for structure in l3-small l3-large; do
    take "$structure" pingpong --structure $structure $few
    at_most $structure most.instructions 59
    at_most $structure most.lines 63 # of 16 bytes: under 1 KB
done
take fast pingpong --structure l3-large --sysenter 1 --cpu pentium3 $few
at_most fast most.instructions 59

for structure in l3-small l3-large mach spin exokernel monolithic; do
    take file-$structure file --structure $structure --requests 20 --warm-up 5
    console=$(cat "$scratch/file-$structure")
    grep '^work' "$scratch/file-$structure" | sort >"$scratch/work"
    [ -f "$scratch/first" ] || cp "$scratch/work" "$scratch/first"
    [ "$(wc -l <"$scratch/work")" -eq 3 ] && cmp -s "$scratch/work" "$scratch/first"
    result $? "file on $structure: work is the same instructions"
    echo "# file on $structure: path $(value file-$structure path) instructions a request," \
        "$(value file-$structure path_lines) lines, $(value file-$structure path_pages) pages;" \
        "at most $(value file-$structure most.instructions) instructions in one crossing"
done
echo "# kernel text: $(size -A -d "$KERNEL" | awk '$1 == ".text" { print $2 }') bytes," \
    "all structures together"

for recording in "preempt --structure l3-large" "file --structure mach --timer 50" \
    "fault --structure l3-small"; do
    for i in 1 2; do
        "$crossbill" record -o "$scratch/$i.xbt" $recording $few >"$scratch/error" 2>&1
    done
    cmp -s "$scratch/1.xbt" "$scratch/2.xbt"
    result $? "the same bytes twice: $recording"
done

done_testing
