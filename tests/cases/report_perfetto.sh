#!/bin/sh
# A stretch of a real recording as Chrome trace JSON.
. tests/tap.sh
$CROSSBILL record pingpong --structure l3-large --pages 2 --requests 5 --warmup 1 \
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
refuses "a stretch behind the end" 2 \
    "crossbill: $dir/t.xbt: there is no record 99999999: the trace has $(
    $CROSSBILL info "$dir/t.xbt" --json 2>/dev/null | tr ',' '\n' |
    sed -n 's/.*"records": *\([0-9]*\).*/\1/p' | head -1)" \
    $CROSSBILL export perfetto --from 99999999 "$dir/t.xbt"
finish
