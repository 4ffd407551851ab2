#!/bin/sh
# footprint and predict: what is measured, what stands beside a replay, and footprints
# that are typed in, with a result by hand.
. tests/tap.sh

for pages in 2 8; do
    $CROSSBILL record pingpong --structure l3-large --pages $pages --requests 10 \
        -o "$dir/$pages.xbt" >/dev/null
done
$CROSSBILL footprint "$dir/2.xbt" --json >"$dir/2.json"
$CROSSBILL footprint "$dir/8.xbt" --json >"$dir/8.json"
# ask JSON PATH
ask()
{
    sqlite3 :memory: "select json_extract(readfile('$1'), '$2')"
}
# Every visit of both domains goes through the pages it is given; 10 visits, 6 more each.
is "6 pages more are 6 pages more" 60 \
    "$(($(ask "$dir/8.json" '$.domains[0].pages.data') -
        $(ask "$dir/2.json" '$.domains[0].pages.data')))"
is "two crossings a request" "10 20 10 10 2" \
    "$(for what in requests 'path.visits' 'domains[0].visits' 'domains[1].visits' pages; do
        ask "$dir/2.json" "\$.$what"
    done | paste -s -d ' ')"
is "as a table" "path 2 100" \
    "$($CROSSBILL footprint "$dir/2.xbt" | awk '$1 == "path" { print $1, $2, $3 }')"

# The instructions of the path do not depend on the size: where none pair, the prediction
# from 2 pages is the replay's explicit cost at 8.
$CROSSBILL predict "$dir/2.xbt" "$dir/8.xbt" -m i486-50 --pages 4,8 --json >"$dir/p.json"
is "sizes in order, recorded ones replayed" "2 1,4 0,8 1" \
    "$(sqlite3 :memory: "select group_concat((value ->> 'pages') || ' ' ||
        (value ->> 'replayed_implicit_cycles' is not null))
        from json_each(readfile('$dir/p.json'))")"
is "explicit: as replayed" 0 "$(sqlite3 :memory: "select count(*)
    from json_each(readfile('$dir/p.json')) where
    abs((value ->> 'explicit_cycles') - (value ->> 'replayed_explicit_cycles')) > 0.05")"
$CROSSBILL predict --footprints "$dir/2.json" "$dir/8.xbt" -m i486-50 --json >"$dir/f.json"
is "from a file: as from the trace" "$(ask "$dir/p.json" '$[2].implicit_cycles')" \
    "$(ask "$dir/f.json" '$[0].implicit_cycles')"

# In a report: what is printed; replays that are there stay.
$CROSSBILL replay --quiet -m i486-50 -r "$dir/r.db" "$dir/2.xbt"
was=$(sqlite3 "$dir/r.db" 'select replay from replays')
is "--report --quiet: no output" "" \
    "$($CROSSBILL predict "$dir/2.xbt" "$dir/8.xbt" -m i486-50 --pages 4,8 -q -r "$dir/r.db")"
is "--report: predicted, replayed" "$(sqlite3 :memory: "select
        group_concat(value ->> 'pages' || ' ' ||
        round(value ->> 'implicit_cycles', 1) || ' ' ||
        coalesce(round(value ->> 'replayed_implicit_cycles', 1), '-'))
        from json_each(readfile('$dir/p.json'))")" \
    "$(sqlite3 "$dir/r.db" "select group_concat(pages || ' ' || round(implicit_cycles, 1)
        || ' ' || coalesce(round(replayed_implicit_cycles, 1), '-')) from closed_form")"
is "--report: both are replayed there, once" "$was 2" "$(sqlite3 "$dir/r.db" \
    "select min(replay) || ' ' || count(*) from replays where state = 'done'")"
is "--report: with the footprints" "$(ask "$dir/2.json" '$.domains[0].pages.data')" \
    "$(sqlite3 "$dir/r.db" "select footprints ->> '$.domains[0].pages.data' from predictions")"
ok "--report: a chart of it" "$CROSSBILL" chart "$dir/r.db" closed-form -o "$dir/c.svg"

# Typed in: a TLB of 4 entries, 10 cycles a walk. Two domains of a page of code and one
# of data, one visit each per request, all flushed; the path uses 1 page, twice. Without
# the boundary 4 pages fit into 4 entries. With it each visit fetches its 2 pages again
# and the path its page, twice: (2 + 2 + 1 + 1) x 10 cycles. Explicit: 2 int at 20 and 2
# iret at 10.
cat >"$dir/typed.json" <<'END'
{"schema_version": 1, "requests": 1, "pages": 1,
 "path_instructions": {"int": 2, "iret": 2},
 "path": {"visits": 2, "flushed_visits": 2, "pages": {"code": 2}},
 "domains": [
  {"name": "a", "resizable": true, "visits": 1, "flushed_visits": 1,
   "pages": {"code": 1, "data": 1}},
  {"name": "b", "resizable": true, "visits": 1, "flushed_visits": 1,
   "pages": {"code": 1, "data": 1}}]}
END
is "typed in: explicit, implicit, isolation in TLBs, in caches, the path's" \
    "1 60 60 40 0 20" \
    "$($CROSSBILL predict --footprints "$dir/typed.json" -m tiny |
        awk 'END { print $1, $2, $3, $4, $5, $6 }')"
# With 4 pages of data each, 5 of 5 are fetched again in either world.
is "typed in: larger domains" "4 60 20 0" \
    "$($CROSSBILL predict --footprints "$dir/typed.json" -m tiny --pages 4 |
        awk 'END { print $1, $2, $3, $4 }')"

# ---- bad input ----
hint="Try \`crossbill predict --help' or \`crossbill predict --usage' for more
information."
refuses "no footprints" 2 \
    "crossbill predict: which footprints? (a trace, or --footprints FILE)
$hint" "$CROSSBILL" predict -m tiny
refuses "an order that is none" 2 \
    "crossbill predict: --order: 'random' is neither 'cyclic' nor 'any'
$hint" "$CROSSBILL" predict -m tiny --order random "$dir/2.xbt"
echo '{"schema_version": 1, "requests": 1, "path": {"visits": -1}}' >"$dir/bad.json"
refuses "a count that is none" 2 "crossbill: $dir/bad.json: at path.visits: expected a count" \
    "$CROSSBILL" predict -m tiny --footprints "$dir/bad.json"
echo '{}' >"$dir/bad.json"
refuses "another file" 2 \
    "crossbill: $dir/bad.json: at schema_version: expected 1: what crossbill footprint writes" \
    "$CROSSBILL" predict -m tiny --footprints "$dir/bad.json"
refuses "no file" 4 \
    "crossbill: $dir/none.json: unable to open $dir/none.json: No such file or directory" \
    "$CROSSBILL" predict -m tiny --footprints "$dir/none.json"

finish
