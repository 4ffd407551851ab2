#!/bin/sh
# replay --report, killed at random moments: the report is a sound database, and the same
# command again leaves the same report as one that was never killed.
. tests/tap.sh
. tests/killed.sh

$CROSSBILL record pingpong --pages 8 --requests 100 -o "$dir/a.xbt" >/dev/null
$CROSSBILL record null --requests 200 -o "$dir/b.xbt" >/dev/null
again()
{
    $CROSSBILL replay --quiet -m i486-50 -m pentium-100 --report "$1" "$dir/a.xbt" \
        "$dir/b.xbt"
}
how_long again "$dir/whole.db"
content "$dir/whole.db" >"$dir/whole.json"
mkdir "$dir/out"
unsound=0
different=0
for moment in $(moments); do
    killed_after "$moment" $CROSSBILL replay --quiet -m i486-50 -m pentium-100 \
        --report "$dir/out/r.db" "$dir/a.xbt" "$dir/b.xbt"
    is_sound "$dir/out/r.db" || unsound=$((unsound + 1))
    again "$dir/out/r.db" && content "$dir/out/r.db" >"$dir/again.json" &&
        cmp -s "$dir/whole.json" "$dir/again.json" || different=$((different + 1))
    # The next one begins from nothing, or from a report that has it all.
    test $((killed % 2)) -ne 0 || rm -f "$dir/out/r.db"
done
echo "# killed within its run: $killed of $KILLS"
ok "some are killed within their run" test "$killed" -gt 0
is "reports that are damaged" 0 $unsound
is "reports that differ after replaying again" 0 $different
is "nothing else is left" "" "$(ls "$dir/out" | grep -v '^r.db$')"
finish
