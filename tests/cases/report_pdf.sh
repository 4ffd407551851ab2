#!/bin/sh
# PDF, read back by another program: pages of their size with something on each, the text
# of the other forms, and the same bytes a second time.
. tests/tap.sh

for structure in l3-small l3-large; do
    $CROSSBILL record pingpong --structure $structure --pages 4 --requests 20 \
        -o "$dir/$structure.xbt" >/dev/null
done
r=$dir/r.db
$CROSSBILL replay --quiet -r "$r" -m i486-50 "$dir/l3-small.xbt" "$dir/l3-large.xbt"
$CROSSBILL chart "$r" --keep

# words FILE: its text on one line, however it is broken into lines
words() { pdftotext -layout "$1" - | tr -s ' \n\f' ' '; }
# size FILE: of its first page, in points
size() { pdfinfo "$1" | sed -n 's/^Page size: *\([0-9.]* x [0-9.]*\) pts.*/\1/p'; }

$CROSSBILL report "$r" -o "$dir/a.pdf"
is "the report: exit code" 0 $?
$CROSSBILL report "$r" -o "$dir/b.pdf"
ok "the report: the same bytes again" cmp -s "$dir/a.pdf" "$dir/b.pdf"
is "the report: A4" "595.276 x 841.89" "$(size "$dir/a.pdf")"

pdftoppm -r 30 -gray "$dir/a.pdf" "$dir/page"
is "the report: every page can be drawn" \
    "$(pdfinfo "$dir/a.pdf" | sed -n 's/^Pages: *//p')" "$(ls "$dir"/page-*.pgm | wc -l)"
for page in "$dir"/page-*.pgm; do
    is "$(basename "$page" .pgm): A4 at 30 dots an inch" "249 351" \
        "$(head -n 2 "$page" | tail -n 1)"
    ok "$(basename "$page" .pgm): not blank" test \
        "$(tail -c +16 "$page" | od -An -v -tu1 -w1 | awk '$1 < 128' | wc -l)" -gt 50
done

words "$dir/a.pdf" >"$dir/text"
$CROSSBILL report "$r" -o "$dir/a.md"
grep '^#' "$dir/a.md" | sed 's/^#* //' >"$dir/headings"
ok "the report: there are headings" test "$(wc -l <"$dir/headings")" -gt 8
while read -r heading; do
    ok "the report: $heading" grep -qF "$heading" "$dir/text"
done <"$dir/headings"

# A chart: 760 pixels of an SVG are 570 points.
sqlite3 "$r" 'select name from charts' >"$dir/names"
while read -r name; do
    $CROSSBILL chart "$r" "$name" -o "$dir/c.pdf"
    $CROSSBILL chart "$r" "$name" -o "$dir/d.pdf"
    $CROSSBILL chart "$r" "$name" -o "$dir/c.svg"
    ok "$name: the same bytes again" cmp -s "$dir/c.pdf" "$dir/d.pdf"
    is "$name: as large as its SVG" \
        "$(sed -n '1s/.* width="\([0-9]*\)px" height="\([0-9]*\)px".*/\1 \2/p' "$dir/c.svg" |
            awk '{ print $1 * 0.75 " x " $2 * 0.75 }')" "$(size "$dir/c.pdf")"
    ok "$name: its title" grep -qF \
        "$(sqlite3 "$r" "select title from charts where name = '$name'")" <<TEXT
$(words "$dir/c.pdf")
TEXT
done <"$dir/names"
finish
