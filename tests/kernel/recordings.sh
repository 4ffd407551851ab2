#!/bin/sh
# Every kind of workload can be recorded, and the recording passes the check: crossings
# balance, one domain is current, CR3 values are known, nobody leaves its own pages.
. "$(dirname "$0")/guest.inc"
crossbill=${CROSSBILL:-build/crossbill}
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

take() {
    rm -f "$scratch/trace.xbt"
    console=$("$crossbill" record -o "$scratch/trace.xbt" --requests 4 --warm-up 2 "$@" 2>&1 &&
        "$crossbill" check "$scratch/trace.xbt" 2>&1)
    status=$?
    result $status "recorded and checked: $*"
}

for structure in l3-small l3-large mach spin exokernel monolithic; do
    take compile --structure $structure --files 6
done
for structure in l3-small l3-large; do
    take thread-switch --structure $structure
    take fault --structure $structure
    take preempt --structure $structure --pages 100
done
take call
take file --structure l3-large --domain fs:small:1 --domain app:large:400
take file --structure l3-small --domain storage:large:200 --timer 50
take pingpong --chain 4 --bytes 700 --domain pong2:large:30:8

done_testing
