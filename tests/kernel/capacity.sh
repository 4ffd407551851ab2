#!/bin/sh
# The defaults of file and compile exceed the TLB and the first-level cache of both real
# machines: even where nothing is ever flushed, entries and lines are displaced and fetched
# again. Everything looks cheap when it all fits.
. "$(dirname "$0")/guest.inc"
crossbill=${CROSSBILL:-build/crossbill}
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# displaced COMPONENT: the last column of its row, how often it was refilled after eviction.
displaced() {
    printf '%s\n' "$table" | sed -n "/^Misses/,/^\$/s/^$1 .*  //p" | tr -d ' '
}

for scenario in file compile; do
    "$crossbill" record $scenario --structure l3-small --requests 40 \
        -o "$scratch/trace.xbt" >"$scratch/error" 2>&1
    status=$?
    console=$(cat "$scratch/error")
    result $status "$scenario is recorded"
    for machine in i486-50 pentium-100; do
        table=$("$crossbill" replay -m $machine "$scratch/trace.xbt" 2>&1)
        status=$?
        for component in dtlb l1d; do
            n=$(displaced $component)
            console="refilled after eviction: $n"
            [ "${n:-0}" -ge 100 ]
            result $? "$scenario on $machine: $component too small"
            echo "# $scenario on $machine: $component refilled $n times after eviction"
        done
    done
done

done_testing
