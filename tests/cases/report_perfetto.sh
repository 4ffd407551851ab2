#!/bin/sh
# A stretch of a real recording as Chrome trace JSON.
. tests/tap.sh
$CROSSBILL record pingpong --structure l3-large --pages 2 --requests 5 --warm-up 1 \
    -o "$dir/t.xbt" >"$dir/log" 2>&1
$CROSSBILL export perfetto "$dir/t.xbt" -o "$dir/t.json"
is "export: exit code" 0 $?
ask() { sqlite3 :memory: "SELECT $1 FROM (SELECT CAST(readfile('$dir/t.json') AS TEXT) AS page)"; }
is "it is JSON" 1 "$(ask 'json_valid(page)')"
is "five requests are measured, one warms up" 6 "$(ask "(SELECT count(*) FROM
    json_each(page, '\$.traceEvents') WHERE value ->> 'name' LIKE 'request %')")"
is "what begins ends" 0 "$(ask "(SELECT sum(iif(value ->> 'ph' = 'B', 1, -1)) FROM
    json_each(page, '\$.traceEvents') WHERE value ->> 'ph' IN ('B', 'E'))")"
is "both domains have a track that is used" 2 "$(ask "(SELECT count(DISTINCT value ->>
    'name') FROM json_each(page, '\$.traceEvents') WHERE value ->> 'ph' = 'X' AND
    value ->> 'name' IN ('ping', 'pong'))")"
$CROSSBILL export perfetto "$dir/t.xbt" --machine i486-50 --from 2000 --count 8000 \
    -o "$dir/t.json"
is "export with a replay: exit code" 0 $?
counters="FROM json_each(page, '\$.traceEvents') e, json_each(e.value, '\$.args') a
    WHERE e.value ->> 'name' = 'tlb: who holds it'"
is "the counter of the TLB adds up to its 32 entries at each moment" 32 "$(ask "(SELECT
    group_concat(DISTINCT entries) FROM (SELECT sum(a.value) AS entries $counters
    GROUP BY e.key))")"
is "everybody has had some of it" "empty,ping,pong,the path" "$(ask "(SELECT
    group_concat(holder) FROM (SELECT a.key AS holder $counters GROUP BY a.key
    HAVING max(a.value) > 0 ORDER BY a.key))")"
$CROSSBILL export din -m i486-50 "$dir/t.xbt" >"$dir/out" 2>"$dir/err"
is "a machine for a format that knows none" \
    "2 crossbill export: --machine: only perfetto shows what a replay does" \
    "$? $(head -1 "$dir/err")"
refuses "a stretch behind the end" 2 \
    "crossbill: $dir/t.xbt: there is no record 99999999: the trace has $(
    $CROSSBILL info "$dir/t.xbt" --json 2>/dev/null | tr ',' '\n' |
    sed -n 's/.*"records": *\([0-9]*\).*/\1/p' | head -1)" \
    $CROSSBILL export perfetto --from 99999999 "$dir/t.xbt"
finish
