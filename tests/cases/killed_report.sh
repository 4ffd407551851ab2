#!/bin/sh
# report -o, killed at random moments: what stands under the final name
# is what stood there before or all of the new, and the report is as it was.
. tests/tap.sh
. tests/killed.sh

for structure in l3-small l3-large; do
    $CROSSBILL record pingpong --structure $structure --pages 4 --requests 20 \
        -o "$dir/$structure.xbt" >/dev/null
done
$CROSSBILL replay --quiet -m i486-50 -m pentium-100 --report "$dir/r.db" "$dir"/*.xbt
cp "$dir/r.db" "$dir/before.db"
mkdir "$dir/out"
for format in html pdf; do
    how_long $CROSSBILL report "$dir/r.db" -o "$dir/whole.$format"
    half=0
    different=0
    for moment in $(moments); do
        echo old >"$dir/out/r.$format"
        killed_after "$moment" $CROSSBILL report "$dir/r.db" -o "$dir/out/r.$format"
        is_old_or "$dir/out/r.$format" "$dir/whole.$format" || half=$((half + 1))
        $CROSSBILL report "$dir/r.db" -o "$dir/out/r.$format" &&
            cmp -s "$dir/whole.$format" "$dir/out/r.$format" ||
            different=$((different + 1))
    done
    is "$format: half-written under its name" 0 $half
    is "$format: different when written again" 0 $different
done
echo "# killed within its run: $killed of $((2 * KILLS))"
ok "some are killed within their run" test "$killed" -gt 0
ok "the report is as it was" cmp -s "$dir/before.db" "$dir/r.db"
is "nothing else is left" "r.html r.pdf" "$(ls "$dir/out" | xargs)"
finish
