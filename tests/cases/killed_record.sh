#!/bin/sh
# record, killed at random moments: the trace is there whole or not at all, QEMU does not
# go on without it, and recording again gives the same bytes.
. tests/tap.sh
. tests/killed.sh

record()
{
    $CROSSBILL record pingpong --pages 4 --requests 200 -o "$1" >/dev/null
}
how_long record "$dir/whole.xbt"
mkdir "$dir/out"
half=0
different=0
for moment in $(moments); do
    echo old >"$dir/out/t.xbt"
    killed_after "$moment" $CROSSBILL record pingpong --pages 4 --requests 200 \
        -o "$dir/out/t.xbt"
    is_old_or "$dir/out/t.xbt" "$dir/whole.xbt" || half=$((half + 1))
    record "$dir/out/t.xbt" && cmp -s "$dir/whole.xbt" "$dir/out/t.xbt" ||
        different=$((different + 1))
done
echo "# killed within its run: $killed of $KILLS"
ok "some are killed within their run" test "$killed" -gt 0
is "traces that stand half-written" 0 $half
is "recordings again that differ" 0 $different
is "nothing else is left" t.xbt "$(ls "$dir/out")"
# QEMU ends by itself when its parent is gone; it may take a moment to notice.
for _ in 1 2 3 4 5 6 7 8 9 10; do
    pgrep -f "$dir/out/t.xbt" >/dev/null || break
    sleep 0.2
done
is "processes that go on" "" "$(pgrep -af "$dir/out/t.xbt")"
finish
