#!/bin/sh
# replay --csim prints what the cache lab's simulator prints: data accesses only, a modify
# twice, LRU. Every expected line is derived by hand.
. tests/tap.sh

# lackey NAME LINES...: import them.
lackey()
{
    tap_name=$1
    shift
    printf '%s\n' "$@" >"$dir/$tap_name.trace"
    $CROSSBILL import lackey "$dir/$tap_name.trace" -o "$dir/$tap_name.xbt" >/dev/null
}
csim() # NAME S E B
{
    $CROSSBILL replay --csim -s "$2" -E "$3" -b "$4" "$dir/$1.xbt" 2>&1
}

lackey mixed "I  00408f20,4" " L 50,4" " M 64,4" "I 50,3" " L 68,4" " S 5c,4" " L 150,4" \
    " L 250,4" " M 54,4"
# s=4 b=4: 16 sets of blocks of 16 bytes. L 50: set 5, miss. M 64: set 6, miss, hit. L 68:
# hit. S 5c: set 5, hit. L 150: set 5, miss, evicts 50. L 250: set 5, miss, evicts 150.
# M 54: set 5, miss, evicts 250; its store hits.
is "one line per set" "hits:4 misses:5 evictions:3" "$(csim mixed 4 1 4)"
# Two lines: 50 and 150 stay; 250 evicts 50, the older; M 54 misses and evicts 150.
is "two lines per set" "hits:4 misses:5 evictions:2" "$(csim mixed 4 2 4)"
# Three lines: 50, 150 and 250 fit, so M 54 hits twice.
is "three lines per set" "hits:5 misses:4 evictions:0" "$(csim mixed 4 3 4)"
# One set of blocks of one byte, two lines: 50 m; 64 m h; 68 m, evicts 50; 5c m, evicts 64;
# 150 m, evicts 68; 250 m, evicts 5c; 54 m, evicts 150, h.
is "blocks of one byte" "hits:2 misses:7 evictions:5" "$(csim mixed 0 2 0)"

# A hit renews: with two lines 0, 10, 0, 20 evicts 10, not 0. Then 0 hits, 10 misses and
# evicts 20.
lackey renew " L 0,4" " S 10,4" " L 0,4" " L 20,4" " L 0,4" " S 10,4"
is "a hit renews a line" "hits:2 misses:4 evictions:2" "$(csim renew 0 2 4)"
# Block 2^59 - 1 beside block 0: both are in set 0 of one; neither is taken for empty.
lackey high " L ffffffffffffffff,1" " L 0,1" " S ffffffffffffffff,1" " L 0,1"
is "the highest address, one line" "hits:0 misses:4 evictions:3" "$(csim high 0 1 0)"
is "the highest address, two lines" "hits:2 misses:2 evictions:0" "$(csim high 0 2 0)"

# A size never matters: 14 to 1b lies in two blocks of 8 bytes and asks for one.
lackey wide " L 14,8" " L 18,1"
is "only the first byte counts" "hits:0 misses:2 evictions:0" "$(csim wide 1 1 3)"
lackey none "I 400000,4" "I 400004,4"
is "fetches do not count" "hits:0 misses:0 evictions:0" "$(csim none 1 1 1)"

hint="Try \`crossbill replay --help' or \`crossbill replay --usage' for more
information."
refuses "-E without --csim" 2 "crossbill replay: -E and -b belong to --csim
$hint" $CROSSBILL replay -E 1 -m tiny "$dir/none.xbt"
refuses "--csim without -b" 2 "crossbill replay: --csim needs each of -s S, -E E and -b B once
$hint" $CROSSBILL replay --csim -s 1 -E 1 "$dir/none.xbt"
refuses "no lines" 2 \
    "crossbill replay: --csim: 0 lines in a set; expected at least one
$hint" $CROSSBILL replay --csim -s 1 -E 0 -b 1 "$dir/none.xbt"
refuses "too many lines" 2 \
    "crossbill replay: --csim: 2^30 sets of 1 lines; expected at most 16777216 lines in all
$hint" $CROSSBILL replay --csim -s 30 -E 1 -b 1 "$dir/none.xbt"
refuses "too many bits" 2 \
    "crossbill replay: --csim: 1 bits of set and 64 of block; expected at most 30 of each
$hint" $CROSSBILL replay --csim -s 1 -E 1 -b 64 "$dir/none.xbt"
refuses "a machine beside it" 2 \
    "crossbill replay: --csim has a cache of its own and prints one line: no machine, no report, no other output
$hint" $CROSSBILL replay --csim -s 1 -E 1 -b 1 -m tiny "$dir/none.xbt"
finish
