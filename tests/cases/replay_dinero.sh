#!/bin/sh
# What replay --plain counts is what other simulators count, to the miss: split first level,
# unified second, LRU and FIFO, on a made-up trace and on a recorded one, both exported and
# imported as din. Compared are accesses and misses by kind and dirty lines evicted, of every
# cache, with tests/dinero/simulator.c, and with Dinero IV where it is on the path.
#
# Dinero IV stores what a cache writes back in the next one: so does crossbill where
# write_backs are "written". By default it only counts them; then the second level is that
# of a simulator that does likewise (as cachegrind does). Two things are not compared:
#   - what Dinero's second level evicts, since Dinero writes all dirty lines back at the end
#     of the trace; the first level's are compared with those that are still there added;
#   - the second level behind a cache that writes through: stores that hit go on to it in
#     Dinero; crossbill does not simulate them (hierarchy.h), and says so.
. tests/tap.sh

${CC:-gcc} -O2 -o "$dir/simulator" tests/dinero/simulator.c || exit 1

# machine CONFIGURATION: a file of its name; the words are those of tests/dinero/simulator.c.
machine()
{
    policy=lru allocate=true write=back backs=counted
    test "$2" = f && policy=fifo
    test "$6" = n && allocate=false
    test "$7" = t && write=through
    test "${11}" = w && backs=written
    first="\"level\": 1, \"size\": $3, \"ways\": $4, \"line\": $5, \"write\": \"$write\",
           \"replacement\": \"$policy\", \"write_allocate\": $allocate,
           \"write_backs\": \"$backs\""
    cat >"$dir/$1.json" <<END
{"name": "$1", "title": "$*", "clock_khz": 1000, "tlb": {},
 "walk": {"kind": "fixed", "cycles": 0}, "memory": {"latency": 0},
 "cache": {"l1i": {"holds": "instructions", $first}, "l1d": {"holds": "data", $first},
  "l2": {"level": 2, "holds": "both", "size": $8, "ways": $9, "line": ${10},
         "write": "back", "write_allocate": true, "replacement": "$policy", "latency": 0}},
 "switch": {"cr3_flushes": "all"}, "instructions": {"default": 1}}
END
}

# Every size with every number of ways; lines, second levels and policies take turns.
n=0
for size in 4096 8192 16384 32768 65536; do
    for ways in 1 2 4 8 full; do
        for policy in l f; do
            n=$((n + 1))
            line=$((16 << n % 3))
            second=$((65536 << 2 * (n / 2 % 3)))
            test $((n % 4)) -lt 2 && wide=$line || wide=$((2 * line))
            test $ways = full && count=$((size / line)) || count=$ways
            echo "m$n $policy $size $count $line a b $second $((1 << n % 5)) $wide w"
        done
    done
done >"$dir/written"
# The same, what is written back counted only; stores that do not allocate; write-through.
awk 'NR % 3 == 0 {$1 = "c" NR; $11 = "c"; print}' "$dir/written" >"$dir/counted"
awk 'NR % 5 == 1 {$1 = "n" NR; $6 = "n"; print}' "$dir/written" >"$dir/no_allocate"
awk 'NR % 5 == 3 {$1 = "t" NR; $6 = NR % 2 ? "n" : "a"; $7 = "t"; print}' \
    "$dir/written" >"$dir/through"
while read -r words; do
    # shellcheck disable=SC2086
    machine $words
done <<END
$(cat "$dir/written" "$dir/counted" "$dir/no_allocate" "$dir/through")
END

# counted KINDS FILE: what crossbill says of these configurations, as the simulator does but
# for the dirty lines that stay.
counted()
{
    # shellcheck disable=SC2046
    $CROSSBILL replay --plain --json --threads 1 \
        $(sed "s|^\([^ ]*\) .*|-m $dir/\1.json|" "$dir/$1") "$2" |
        tr -d '",' | awk '
        $1 == "machine:" {name = $2}
        $1 == "name:" {cache = $2; at = 0}
        $1 == "accesses:" || $1 == "misses:" {what = $1}
        $1 == "fetch:" || $1 == "load:" || $1 == "store:" {number[cache, what, $1] = $2}
        $1 == "write_backs:" {
            text[cache] = numbers("accesses:") numbers("misses:") " " $2
            if (cache == "l2") print name text["l1i"] text["l1d"] text["l2"]
        }
        function numbers(of) {
            return " " number[cache, of, "load:"] " " number[cache, of, "store:"] " " \
                number[cache, of, "fetch:"]
        }'
}

# dinero CONFIGURATION: the same of Dinero IV: of each cache accesses and misses, by kind,
# and the bytes that it wrote.
dinero()
{
    of_first="size $3 assoc $4 bsize $5 repl $2"
    of_second="size $8 assoc $9 bsize ${10} repl $2"
    options=
    # shellcheck disable=SC2086
    set -- $of_first walloc $6 wback "$(test "$7" = b && echo a || echo n)"
    while test $# -gt 0; do
        options="$options -l1-d$1 $2"
        case $1 in w*) ;; *) options="$options -l1-i$1 $2" ;; esac
        shift 2
    done
    # shellcheck disable=SC2086
    set -- $of_second
    while test $# -gt 0; do
        options="$options -l2-u$1 $2"
        shift 2
    done
    # shellcheck disable=SC2086
    dineroIV -informat d $options <"$dir/$trace.din" | awk '
        /^ Demand (Fetches|Misses)/ {numbers = numbers " " $6 " " $7 " " $4}
        /^ Bytes To Memory/ {numbers = numbers " " $4}
        END {print numbers}'
}

# expected CONFIGURATION: the same of the simulator: what stays dirty is written at the end,
# and a store that does not allocate writes its own 4 bytes.
expected()
{
    grep "^$1 " "$dir/$trace.simulated" | awk -v line="$5" -v allocate="$6" '{
        bytes = ($15 + $23) * line + (allocate == "n" ? 4 * $13 : 0)
        print " " numbers(2, 7) " 0" numbers(9, 14) " " bytes numbers(16, 16) " " \
            $17 + $23 numbers(18, 21)
        }
        function numbers(from, to,  text) {
            for (; from <= to; from++) text = text " " $from
            return text
        }'
}

# The fields that both have: not what writes miss in the second level, some of them at the
# end; nothing of the second level behind a cache that writes through, nor its bytes.
comparable()
{
    if test "$1" = t; then cut -d' ' -f2-14; else cut -d' ' -f2-19,21; fi
}

compare_with_dinero()
{
    agreeing=0
    while read -r words; do
        # shellcheck disable=SC2086
        set -- $words
        want=$(expected "$@" | tr -s ' ' | comparable "$7")
        got=$(dinero "$@" | tr -s ' ' | comparable "$7")
        if test "$got" = "$want"; then
            agreeing=$((agreeing + 1))
        else
            printf '# %s\n# Dinero:    %s\n# simulator: %s\n' "$words" "$got" "$want"
        fi
    done <"$dir/$kinds"
    is "$trace, $kinds: Dinero IV agrees" "$(wc -l <"$dir/$kinds")" "$agreeing"
}

cat >"$dir/made_up.json" <<'END'
{"schema_version": 1, "scenario": "made up", "seed": 7, "requests": 24,
 "domains": [
  {"name": "kernel", "kind": "kernel", "instructions": 100, "accesses": 30, "pages": 6,
   "lines_per_page": 40, "order": "random", "store_percent": 30},
  {"name": "client", "kind": "large", "instructions": 300, "accesses": 300, "pages": 90,
   "lines_per_page": 60, "order": "random", "reuse_percent": 60, "store_percent": 30},
  {"name": "server", "kind": "large", "instructions": 400, "accesses": 200, "pages": 40,
   "lines_per_page": 60, "order": "cyclic", "reuse_percent": 30, "store_percent": 40}],
 "pattern": ["client", "server", "client"]}
END
$CROSSBILL synth "$dir/made_up.json" -o "$dir/made_up.xbt" >/dev/null
$CROSSBILL record pingpong --structure l3-large --pages 40 --requests 1 --warm-up 0 \
    -o "$dir/recorded.xbt" >/dev/null

for trace in made_up recorded; do
    $CROSSBILL export din "$dir/$trace.xbt" -o "$dir/$trace.din"
    $CROSSBILL import din "$dir/$trace.din" -o "$dir/imported.xbt" >/dev/null 2>&1
    : >"$dir/$trace.simulated"
    for kinds in written counted no_allocate through; do
        "$dir/simulator" "$dir/$trace.din" <"$dir/$kinds" >"$dir/simulated"
        cat "$dir/simulated" >>"$dir/$trace.simulated"
        fields=1-22
        test $kinds = through && fields=1-15
        cut -d' ' -f$fields "$dir/simulated" >"$dir/want"
        counted $kinds "$dir/imported.xbt" | cut -d' ' -f$fields >"$dir/got"
        is "$trace, $kinds: every count of every configuration" "" \
            "$(diff "$dir/want" "$dir/got")"
        test $kinds = counted && continue
        if command -v dineroIV >/dev/null; then
            compare_with_dinero
        else
            ok "$trace, $kinds: Dinero IV agrees # SKIP no dineroIV on the path" true
        fi
    done
done
# Reads and writes miss, dirty lines leave, the second level hits, misses and evicts.
ok "something happens everywhere" awk '
    $12 > 0 && $13 > 0 && $15 > 0 && $19 > 0 && $19 < $16 && $22 > 0 {happens++}
    END {exit happens < 20}' "$dir/made_up.simulated"
finish
