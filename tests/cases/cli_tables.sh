#!/bin/sh
# Tables: the numbers of a column have as many decimals each, and none that is idle.
. tests/tap.sh

for pages in 2 8; do
    $CROSSBILL record pingpong --structure l3-large --pages $pages --requests 10 \
        -o "$dir/$pages.xbt" >/dev/null
done
$CROSSBILL footprint "$dir/2.xbt" >"$dir/out"
is "visits of a request: whole numbers alone" "1 1 2" \
    "$(awk '/^(ping|pong|path)/ { print $2 }' "$dir/out" | sort -n | paste -s -d ' ')"
is "a column: as many decimals in each number" 1 \
    "$(awk 'NR > 2 { sub(/.*\./, "", $5); print length($5) }' "$dir/out" | sort -u | wc -l)"
# Cycles are kept in thousandths: 12.5 stands over 12.0, and never over 12.
$CROSSBILL replay "$dir/8.xbt" -m pentium-100 -s memory.latency=12.5 >"$dir/out"
is "cycles: of one form in a column" 1 \
    "$(awk '/^total/ { exit } /^(work|implicit)/ { n = split($0, part, /  +/)
        print part[2] ~ /\./ }' "$dir/out" | sort -u | wc -l)"
is "no nought below nought" 0 "$(grep -c -- '-0\.0*\( \|$\)' "$dir/out")"

finish
