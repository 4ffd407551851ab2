#!/bin/sh
# What lackey traces of a real program and crossbill replays is what cachegrind counts of the
# same program, to the miss. Both tools of Valgrind run it with the same arguments and the
# same empty environment, at addresses that Valgrind fixes, and see the same references.
#
# Two rules differ, and what they make is asserted exactly: rules.c, which counts by either,
# agrees with cachegrind by the one and with crossbill by the other.
#   - an access of two lines that both miss is one miss of cachegrind's, two of crossbill's;
#     and cachegrind asks the last level for both if one of them missed;
#   - a modify is one access of cachegrind's, a read; a load and a store of crossbill's. The
#     store finds the line that the load has just asked for.
. tests/tap.sh

${CC:-gcc} -O2 -o "$dir/rules" tests/cachegrind/rules.c || exit 1
${CC:-gcc} -O1 -static -o "$dir/program" tests/cachegrind/program.c || exit 1

under() # TOOL OPTIONS...
{
    tool=$1
    shift
    env -i valgrind --tool="$tool" --log-file="$dir/$tool.log" "$@" "$dir/program" \
        >/dev/null
}

ok "lackey traces the program" under lackey --trace-mem=yes
ok "crossbill imports the trace" sh -c \
    "$CROSSBILL import lackey '$dir/lackey.log' -o '$dir/program.xbt' >/dev/null"
ok "check finds nothing in it" sh -c "$CROSSBILL check '$dir/program.xbt' >/dev/null"

# cachegrind's I1, D1 and LL, in the order of its summary but data of LL together: asked and
# missed of fetches, reads, writes; missed in LL of fetches, of data.
cachegrind()
{
    under cachegrind --cache-sim=yes --cachegrind-out-file="$dir/cachegrind.out" \
        --I1="$2,$3,$1" --D1="$4,$5,$1" --LL="$6,$7,$1"
    awk '$1 == "summary:" {print $2, $3, $5, $6, $8, $9, $4, $7 + $10}' \
        "$dir/cachegrind.out"
}

# The same of crossbill: addresses are physical ones, no TLB.
crossbill()
{
    kind="\"write\": \"back\", \"write_allocate\": true, \"replacement\": \"lru\", \"line\": $1"
    cat >"$dir/caches.json" <<END
{"name": "caches", "title": "cachegrind's", "clock_khz": 1000, "tlb": {},
 "walk": {"kind": "fixed", "cycles": 0}, "memory": {"latency": 0},
 "cache": {
  "i1": {"level": 1, "holds": "instructions", "size": $2, "ways": $3, $kind},
  "d1": {"level": 1, "holds": "data", "size": $4, "ways": $5, $kind},
  "ll": {"level": 2, "holds": "both", "size": $6, "ways": $7, "latency": 0, $kind}},
 "switch": {"cr3_flushes": "all"}, "instructions": {"default": 1}}
END
    $CROSSBILL replay --plain --json --threads 1 -m "$dir/caches.json" "$dir/program.xbt" |
        tr -d '",' | awk '
        $1 == "name:" {cache = $2}
        $1 == "accesses:" || $1 == "misses:" {what = $1}
        $1 == "fetch:" || $1 == "load:" || $1 == "store:" {n[cache, what, $1] = $2}
        END {
            print n["i1", "accesses:", "fetch:"], n["i1", "misses:", "fetch:"],
                n["d1", "accesses:", "load:"], n["d1", "misses:", "load:"],
                n["d1", "accesses:", "store:"], n["d1", "misses:", "store:"],
                n["ll", "misses:", "fetch:"],
                n["ll", "misses:", "load:"] + n["ll", "misses:", "store:"]
        }'
}

by_rule() # access|line SIZES...
{
    "$dir/rules" "$@" <"$dir/lackey.log"
}

# What crossbill counts, brought to cachegrind's rules: every access of two lines once, a
# modify once, two lines missed once. LL is left out: what it is asked for differs, too.
brought()
{
    echo "$counted" "$(by_rule access "$@" | sed -n 's/^[a-z]* //p' | tail -3)" | tr '\n' ' ' |
        awk '{print $1 - $9, $2 - $12, $3 - $10, $4 - $13, $5 - $11 - $15 - $16, $6 - $14}'
}

# Lines of 32, 64 and 128 bytes, one way to sixteen; the program fills each LL.
while read -r sizes; do
    # shellcheck disable=SC2086
    {
        theirs=$(cachegrind $sizes)
        counted=$(crossbill $sizes)
        is "$sizes: cachegrind counts by its rules" "$theirs" \
            "$(by_rule access $sizes | head -1)"
        is "$sizes: crossbill counts by its own" "$(by_rule line $sizes | head -1)" \
            "$counted"
        is "$sizes: which is cachegrind's, but for its rules" \
            "$(echo "$theirs" | cut -d' ' -f1-6)" "$(brought $sizes)"
    }
    missed=$(echo "$theirs" | cut -d' ' -f2)
    ok "$sizes: the program misses" test "${missed:-0}" -gt 100
done <<END
64 4096 2 4096 4 65536 8
32 2048 1 8192 2 32768 16
128 8192 8 2048 1 65536 1
END

finish
