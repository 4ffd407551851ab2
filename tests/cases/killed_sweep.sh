#!/bin/sh
# sweep --report, killed at random moments: the report is a sound database, and what is
# missing is computed by --resume: the points are those of a sweep that was never killed.
. tests/tap.sh
. tests/killed.sh

$CROSSBILL record pingpong --pages 8 --requests 60 -o "$dir/a.xbt" >/dev/null
sweep()
{
    $CROSSBILL sweep "$dir/a.xbt" -m pentium-100 -v tlb.dtlb.entries=8,16,32,64 \
        -v tlb.itlb.replacement=lru,fifo -v memory.latency=1..10 --report "$@" >/dev/null
}
how_long sweep "$dir/whole.db"
content "$dir/whole.db" >"$dir/whole.json"
mkdir "$dir/out"
unsound=0
different=0
for moment in $(moments); do
    killed_after "$moment" $CROSSBILL sweep "$dir/a.xbt" -m pentium-100 \
        -v tlb.dtlb.entries=8,16,32,64 -v tlb.itlb.replacement=lru,fifo \
        -v memory.latency=1..10 --report "$dir/out/r.db"
    is_sound "$dir/out/r.db" || unsound=$((unsound + 1))
    sweep "$dir/out/r.db" --resume && content "$dir/out/r.db" >"$dir/again.json" &&
        cmp -s "$dir/whole.json" "$dir/again.json" || different=$((different + 1))
    # The next one begins from nothing, or from a report that has it all.
    test $((killed % 2)) -ne 0 || rm -f "$dir/out/r.db"
done
echo "# killed within its run: $killed of $KILLS"
ok "some are killed within their run" test "$killed" -gt 0
is "reports that are damaged" 0 $unsound
is "reports that differ after going on" 0 $different
is "nothing else is left" "" "$(ls "$dir/out" | grep -v '^r.db$')"
finish
