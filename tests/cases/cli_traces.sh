#!/bin/sh
# info, check and dump of a recording agree with each other.
. tests/tap.sh
ask()
{
    sqlite3 :memory: "select json_extract(readfile('$1'), '$2')"
}

t=$dir/t.xbt
$CROSSBILL record pingpong --structure l3-large --pages 2 --requests 10 --warm-up 5 \
    --seed 7 -o "$t" >"$dir/out"
records=$($CROSSBILL info "$t" | sed -n 's/^records  *//p' | tr -d ' ')
is "record says how many records" "$records" \
    "$(sed -n 's/.*: \([0-9 ]*\) records in .*/\1/p' "$dir/out" | tr -d ' ')"

$CROSSBILL dump "$t" >"$dir/text"
words='fetch|load|store|crossing_in|crossing_out|thread_switch|space_switch|ipc_send'
words="$words|ipc_receive|page_table|request_begin|request_end|phase|lost"
is "dump has a line for each record" "$records" "$(grep -cE "^($words) " "$dir/text")"
$CROSSBILL info --json "$t" >"$dir/info.json"
is "info: records in JSON" "$records" "$(ask "$dir/info.json" '$.records')"
for pair in fetch:fetches load:loads store:stores crossing_in:crossings_in \
    crossing_out:crossings_out thread_switch:thread_switches space_switch:space_switches \
    ipc_send:ipc_sends request_begin:requests; do
    is "info counts ${pair#*:} as dump has them" "$(grep -c "^${pair%:*} " "$dir/text")" \
        "$(ask "$dir/info.json" "\$.counts.${pair#*:}")"
done
is "requests: 5 of warm-up and 10" 15 "$(ask "$dir/info.json" '$.counts.requests')"
is "the hash" "$(sha256sum "$t" | cut -d' ' -f1)" "$(ask "$dir/info.json" '$.sha256')"
is "the knobs" '{"pages":"2","requests":"10","warm_up":"5","seed":"7"}' \
    "$(ask "$dir/info.json" '$.header.knobs')"

# A stretch is what stands there in the whole.
grep -E "^($words) " "$dir/text" >"$dir/records"
for from in 0 1 1000 $((records - 3)); do
    $CROSSBILL dump "$t" --from "$from" --count 5 >"$dir/stretch"
    tail -n +$((from + 1)) "$dir/records" | head -n 5 >"$dir/expected"
    ok "dump --from $from --count 5" cmp -s "$dir/stretch" "$dir/expected"
done
is "a stretch behind the end is empty" "" "$($CROSSBILL dump "$t" --from "$records")"

is "check finds nothing" "$t: $($CROSSBILL info "$t" | sed -n 's/^records  *//p') records, no findings" \
    "$($CROSSBILL check "$t")"
$CROSSBILL check -q "$t"
is "check: exit code" 0 $?
head -c $(($(wc -c <"$t") - 10)) "$t" >"$dir/cut.xbt"
$CROSSBILL check "$dir/cut.xbt" >"$dir/out"
is "check of a cut trace: exit code" 1 $?
ok "check of a cut trace: the finding" \
    grep -q "^$dir/cut.xbt: record [0-9]*: cut: the file was cut after byte [0-9]*$" "$dir/out"

$CROSSBILL dump "$t" >/dev/full 2>"$dir/err"
is "dump to a full disk: exit code" 4 $?
is "dump to a full disk: sentence" \
    "crossbill: standard output: not all of it could be written" "$(cat "$dir/err")"

ok "two recordings of a scenario are the same" \
    sh -c "$CROSSBILL record pingpong --structure l3-large --pages 2 --requests 10 \
        --warm-up 5 --seed 7 -o '$dir/again.xbt' >/dev/null && cmp -s '$t' '$dir/again.xbt'"
finish
