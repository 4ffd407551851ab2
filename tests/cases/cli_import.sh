#!/bin/sh
# import and export: the text of a trace comes back to the same bytes; a dinero trace with
# marked domains has crossings; refusals leave nothing.
. tests/tap.sh

$CROSSBILL record pingpong --pages 2 --requests 3 --warm-up 1 -o "$dir/t.xbt" >/dev/null
$CROSSBILL export text "$dir/t.xbt" -o "$dir/t.txt"
is "export: exit code" 0 $?
is "import says how many records" \
    "$dir/u.xbt: $($CROSSBILL info "$dir/t.xbt" | sed -n 's/^records  *//p') records" \
    "$($CROSSBILL import text "$dir/t.txt" -o "$dir/u.xbt")"
ok "text comes back to the same bytes" cmp -s "$dir/t.xbt" "$dir/u.xbt"
$CROSSBILL export text "$dir/t.xbt" | $CROSSBILL import text - -o "$dir/v.xbt" >/dev/null
ok "through a pipe, too" cmp -s "$dir/t.xbt" "$dir/v.xbt"

cat >"$dir/a.din" <<'DIN'
2 400000
0 1000
# crossbill: domain other
2 500000
1 1000
DIN
$CROSSBILL import din "$dir/a.din" -o "$dir/a.xbt" >"$dir/out" 2>"$dir/err"
is "what was assumed is said" "crossbill: assumed: accesses end with their words of 4" "$(cat "$dir/err")"
# Fetch and load; a crossing in, a thread switch, a space switch, a crossing out on the way
# to the other domain; fetch and store.
is "marked domains have a crossing" \
    "fetch load crossing_in thread_switch space_switch crossing_out fetch store" \
    "$($CROSSBILL dump "$dir/a.xbt" --from 0 | cut -d' ' -f1 | xargs)"
is "export din gives the accesses back" "$(grep -v '#' "$dir/a.din")" \
    "$($CROSSBILL export din "$dir/a.xbt")"

hint="Try \`crossbill import --help' or \`crossbill import --usage' for more
information."
refuses "a format with a slip" 2 \
    "crossbill import: there is no format 'dinn'; did you mean 'din'?
$hint" $CROSSBILL import dinn "$dir/a.din" -o "$dir/n.xbt"
refuses "a window the wrong way round" 2 \
    "crossbill import: --domain: 'a=5-4': expected NAME=FROM-LIMIT, both hexadecimal and LIMIT the larger
$hint" $CROSSBILL import din "$dir/a.din" -o "$dir/n.xbt" --domain a=5-4
echo "2 zebra" >"$dir/bad.din"
$CROSSBILL import din "$dir/bad.din" -o "$dir/n.xbt" >"$dir/out" 2>"$dir/err"
is "a line that is none: exit code" 3 $?
ok "a line that is none: its place" grep -q "^crossbill: $dir/bad.din: line 1" "$dir/err"
ok "nothing is left" test ! -e "$dir/n.xbt"
refuses "an export to a directory that is missing" 4 \
    "crossbill: $dir/none/x: cannot write: No such file or directory" \
    $CROSSBILL export din "$dir/t.xbt" -o "$dir/none/x"

# No standard streams: what would be printed ends in no file. The program alone: valgrind
# has files of its own under the numbers that are free.
${CROSSBILL##* } import din "$dir/a.din" -o "$dir/b.xbt" >&- 2>&-
is "closed streams: exit code" 4 $?
ok "closed streams: the file is as ever" cmp -s "$dir/a.xbt" "$dir/b.xbt"
refuses "standard input that is closed" 4 \
    "crossbill: standard input: cannot read: Bad file descriptor" \
    sh -c "$CROSSBILL import din - -o $dir/n.xbt <&-"
# Data alone, as many traces for cache simulators are. On a 486: a walk and a line of memory
# for the load; for the store a walk, its line is not brought in.
printf '0 1000\n1 2000\n0 1004\n' | $CROSSBILL import din - -o "$dir/data.xbt" 2>"$dir/said"
for form in --json "--json --plain"; do
    # shellcheck disable=SC2086 # options without blanks
    is "a trace without a fetch is replayed, $form" '"total_mcycles": 21000' \
        "$($CROSSBILL replay $form "$dir/data.xbt" -m i486-50 |
            sed -n 's/^ *\("total_mcycles": [0-9]*\),$/\1/p' | head -n 1)"
done
finish
