#!/bin/sh
# report and chart: every form of a small report, refusals, and no half-written file.
. tests/tap.sh

for pages in 1 4 16; do
    for structure in l3-small l3-large; do
        $CROSSBILL record pingpong --structure $structure --pages $pages --requests 20 \
            -o "$dir/$structure-$pages.xbt" >/dev/null
    done
done
r=$dir/r.db
$CROSSBILL replay --quiet -r "$r" -m i486-50 -m pentium-100 "$dir"/*.xbt
is "a report is made" 0 $?
is "it holds every replay" 12 "$(sqlite3 "$r" "select count(*) from replays where state = 'done'")"
$CROSSBILL replay --quiet -r "$r" -m i486-50 "$dir/l3-small-4.xbt"
is "a replay that is there is replaced" 12 "$(sqlite3 "$r" 'select count(*) from replays')"

# The summary, alone and by name.
$CROSSBILL report "$r" >"$dir/summary"
is "summary: exit code" 0 $?
is "summary: no line wider than 80 columns" "" "$(grep -E '.{81}' "$dir/summary")"
for machine in i486-50 pentium-100; do
    ok "summary: $machine" grep -q "^$machine$" "$dir/summary"
done

for form in html md json; do
    $CROSSBILL report "$r" -o "$dir/a.$form"
    is "$form: exit code" 0 $?
    $CROSSBILL report "$r" --format $form >"$dir/b.$form"
    ok "$form: the same bytes on standard output" cmp -s "$dir/a.$form" "$dir/b.$form"
done
ok "the page is one" grep -qi "<!doctype html>" "$dir/a.html"
is "the page asks for nothing from outside" "" \
    "$(grep -oE '(src|href)="(https?:)?//[^"]*"' "$dir/a.html")"
is "JSON is JSON" 1 "$(sqlite3 :memory: "select json_valid(readfile('$dir/a.json'))")"

$CROSSBILL report "$r" --tables >"$dir/tables"
for table in $(cat "$dir/tables"); do
    ok "csv of $table" sh -c "$CROSSBILL report '$r' --table $table >'$dir/$table.csv'"
done
for table in ledger replays domain_size; do
    is "csv of $table: as many rows as it has" \
        "$(sqlite3 "$r" "select count(*) from $table")" \
        "$(sqlite3 :memory: ".import --csv '$dir/$table.csv' t" "select count(*) from t")"
done

$CROSSBILL chart "$r" --list >"$dir/list"
$CROSSBILL chart "$r" --all "$dir/charts"
is "all charts: exit code" 0 $?
is "all charts: an SVG and a PNG each" "$(($(wc -l <"$dir/list") * 2))" \
    "$(ls "$dir/charts" | wc -l)"
$CROSSBILL chart "$r" --all "$dir/some/charts" domain-size crossing-bill-i486-50
is "some charts, by kind and by name: exit code" 0 $?
is "some charts, by kind and by name" "crossing-bill-i486-50.png
crossing-bill-i486-50.svg
domain-size-i486-50.png
domain-size-i486-50.svg
domain-size-pentium-100.png
domain-size-pentium-100.svg" "$(ls "$dir/some/charts")"
$CROSSBILL chart "$r" domain-size -o "$dir/x.pdf"
is "a PDF is one" "%PDF" "$(head -c 4 "$dir/x.pdf")"
$CROSSBILL chart "$r" --keep
is "--keep: charts are in the file" "$(($(wc -l <"$dir/list")))" \
    "$(sqlite3 "$r" 'select count(*) from charts')"

# ---- refusals ----
hint="Try \`crossbill report --help' or \`crossbill report --usage' for more
information."
chart_hint="Try \`crossbill chart --help' or \`crossbill chart --usage' for more
information."
refuses "a report that is missing" 4 "crossbill: $dir/none.db: the report cannot be opened: No such file or directory" \
    $CROSSBILL report "$dir/none.db" -o "$dir/none.html"
refuses "charts of a report that is missing" 4 \
    "crossbill: $dir/none.db: the report cannot be opened: No such file or directory" $CROSSBILL chart "$dir/none.db" --keep
ok "neither is made" test ! -e "$dir/none.db" -a ! -e "$dir/none.html"
refuses "a trace in place of a report" 4 \
    "crossbill: $dir/l3-small-1.xbt: this is not a crossbill report (nor any SQLite file)" \
    $CROSSBILL report "$dir/l3-small-1.xbt"
sqlite3 "$dir/foreign.db" 'create table t (x)'
before=$(sha256sum <"$dir/foreign.db")
refuses "another program's database" 4 \
    "crossbill: $dir/foreign.db: this SQLite file is not a crossbill report" \
    $CROSSBILL replay "$dir/l3-small-1.xbt" -m tiny -r "$dir/foreign.db"
is "it is left as it was" "$before" "$(sha256sum <"$dir/foreign.db")"
cp "$r" "$dir/newer.db"
sqlite3 "$dir/newer.db" 'pragma user_version = 9999'
refuses "a report of a newer version" 4 \
    "crossbill: $dir/newer.db: this report is of version 9999, from a newer crossbill; expected at most version 3" \
    $CROSSBILL report "$dir/newer.db"
refuses "an ending that is no format" 2 \
    "crossbill report: $dir/a.doc: its ending names no format; expected .html, .pdf, .md, .json, .csv or .folded, or --format
$hint" $CROSSBILL report "$r" -o "$dir/a.doc"
refuses "csv of nothing" 2 \
    "crossbill report: csv needs --table NAME (--tables lists them)
$hint" $CROSSBILL report "$r" --format csv
refuses "a chart without a place to go" 2 "crossbill chart: where to? (-o FILE)
$chart_hint" $CROSSBILL chart "$r" domain-size
echo old >"$dir/kept.svg"
refuses "some charts, one with a slip" 2 \
    "crossbill: there is no chart 'matrx'; did you mean 'matrix'?" \
    $CROSSBILL chart "$r" --all "$dir/none" domain-size matrx
ok "some charts, one with a slip: nothing is drawn" test ! -e "$dir/none"
$CROSSBILL chart "$r" matrx -o "$dir/kept.svg" 2>"$dir/err"
is "a chart with a slip: exit code" 2 $?
is "a chart with a slip: did you mean" \
    "crossbill: there is no chart 'matrx'; did you mean 'matrix'?" "$(cat "$dir/err")"
is "the old file is as it was" old "$(cat "$dir/kept.svg")"
# Where there is no null call and no range of sizes: the structures; else the whole.
for structure in exokernel mach; do
    $CROSSBILL record file --structure $structure --requests 5 -o "$dir/$structure.xbt" >/dev/null
done
$CROSSBILL replay -q -m tiny -r "$dir/file.db" "$dir/exokernel.xbt" "$dir/mach.xbt"
costs() { sqlite3 "$dir/file.db" "select printf('%.0f', explicit_per_request + implicit_per_request)
    from by_structure where structure = '$1'"; }
is "the structures, of each machine" "file least in exokernel: the boundary costs a request \
$(costs exokernel) most in mach: the boundary costs a request $(costs mach)" \
    "$($CROSSBILL report "$dir/file.db" | sed '1,/^tiny/d' | xargs | sed 's/[^ -~]//g' |
        sed 's/\(request [0-9]*\) cycles, [^:]*implicit/\1/g')"
printf '2 400000\n0 1000\n' >"$dir/t.din"
$CROSSBILL import din "$dir/t.din" --scenario some -o "$dir/i.xbt" 2>/dev/null
$CROSSBILL replay -q -m ideal -r "$dir/import.db" "$dir/i.xbt"
is "of a trace without requests, the whole" "Recorded: 1 trace with 2 records of some; no \
record was lost. Replayed on ideal (No miss costs: instructions alone). ideal cycles 1 in 1 replay: 1 work, 0 \
competition, 0 explicit, 0 implicit; no requests are marked in it" \
    "$($CROSSBILL report "$dir/import.db" | xargs)"

finish
