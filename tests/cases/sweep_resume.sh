#!/bin/sh
# sweep --resume: a pass or replay that had ended when the sweep was killed is not computed
# again, though points still to come need it; and the report is, row for row, that of a
# sweep that was never interrupted.
. tests/tap.sh
. tests/killed.sh

trace=$dir/t.xbt
$CROSSBILL record pingpong --pages 8 --requests 150 -o "$trace" >/dev/null
# One pass, which all points need, and eight replays, each for ten points.
sweep()
{
    (exec_sweep "$@")
}
exec_sweep()
{
    exec $CROSSBILL sweep "$trace" -m pentium-100 -v tlb.dtlb.entries=8,16,32,64 \
        -v tlb.itlb.replacement=lru,fifo -v memory.latency=1..10 --threads 1 "$@"
}
query()
{
    sqlite3 -cmd '.timeout 5000' "$@" 2>/dev/null
}
dump()
{
    sqlite3 "$1" .dump
}

# ended REPORT: passes and replays that are over: counts are kept, or all points are in.
ended()
{
    echo $(($(query "$1" "select count(*) from sweep_kept" || echo 0) +
        $(query "$1" "select count(*) / 10 from sweep_points" || echo 0)))
}
# killed_when K REPORT OPTION...: kill a sweep when K of them are over.
killed_when()
{
    goal=$1
    file=$2
    shift 2
    exec_sweep --report "$file" "$@" 2>/dev/null &
    victim=$!
    while kill -0 $victim 2>/dev/null && test "$(ended "$file")" -lt "$goal"; do
        sleep 0.01
    done
    kill -KILL $victim
    wait $victim 2>/dev/null
}
# line WHAT TEXT: of the plan, the numbers of a line.
line()
{
    printf '%s\n' "$2" | sed -n "s/^  $1 *//p" | tr -c '0-9\n' ' ' | xargs
}

sweep --report "$dir/whole.db"
dump "$dir/whole.db" >"$dir/whole.sql"
is "uninterrupted: nothing that was kept is left" 0 \
    "$(query "$dir/whole.db" "select count(*) from sqlite_schema where name = 'sweep_kept'")"
is "uninterrupted: the plan" "1 8" \
    "$(sweep --explain >"$dir/plan"; echo "$(line passes "$(cat "$dir/plan")")" \
        "$(line replays "$(cat "$dir/plan")")")"

for k in 1 2 5; do
    rm -f "$dir/r.db"
    killed_when $k "$dir/r.db"
    over=$(ended "$dir/r.db")
    ok "killed after $k: so many were over" test "$over" -ge $k
    ok "killed after $k: not all were" test "$over" -lt 9
    ok "killed after $k: the report is sound" is_sound "$dir/r.db"
    is "killed after $k: no export shows what is kept" 0 \
        "$($CROSSBILL report "$dir/r.db" --format json | grep -c sweep_kept)"
    plan=$(sweep --report "$dir/r.db" --resume --explain)
    is "killed after $k: --explain says what is left" $((9 - over)) \
        "$(line records "$plan" | cut -d ' ' -f 1)"
    is "killed after $k: --explain says that the pass is there" 1 \
        "$(line before "$plan" | cut -d ' ' -f 2)"
    ok "killed after $k: it goes on" sweep --report "$dir/r.db" --resume 2>"$dir/err"
    is "killed after $k: it says that the pass is there" "passes: 1 taken from before, 0 computed" \
        "$(sed -n 's/.*points were there; \(.*\); replays.*/\1/p' "$dir/err")"
    is "killed after $k: it computes what is left" $((9 - over)) \
        "$(sed -n 's/.* before, \([0-9]*\) computed$/\1/p' "$dir/err")"
    dump "$dir/r.db" | cmp -s - "$dir/whole.sql"
    is "killed after $k: row for row the report of one run" 0 $?
    sweep --report "$dir/r.db" --resume 2>"$dir/err"
    is "killed after $k: done, it has nothing to say" "" "$(cat "$dir/err")"
done

# Counts that are damaged are not used, and those that are whole are no other sweep's.
rm -f "$dir/r.db"
killed_when 2 "$dir/r.db"
query "$dir/r.db" "update sweep_kept set counts = zeroblob(length(counts))"
damaged=$(query "$dir/r.db" "select count(*) from sweep_kept")
ok "damaged counts: it goes on" sweep --report "$dir/r.db" --resume 2>"$dir/err"
is "damaged counts: said" \
    "crossbill: $trace: $damaged kept counts of passes and replays were damaged, and not used" \
    "$(head -n 1 "$dir/err")"
dump "$dir/r.db" | cmp -s - "$dir/whole.sql"
is "damaged counts: row for row the report of one run" 0 $?

rm -f "$dir/r.db"
killed_when 2 "$dir/r.db"
ok "without --resume" sweep --report "$dir/r.db" 2>"$dir/err"
is "without --resume: nothing is taken" "" "$(cat "$dir/err")"
dump "$dir/r.db" | cmp -s - "$dir/whole.sql"
is "without --resume: row for row the report of one run" 0 $?

# A shard that was killed, put together with what the other one has: what is missing is
# computed from what the shard has counted.
killed_when 2 "$dir/shard-1.db" --shard 1/2
sweep --report "$dir/shard-2.db" --shard 2/2
$CROSSBILL merge "$dir/merged.db" "$dir/shard-1.db" "$dir/shard-2.db" 2>/dev/null
is "shards, one killed: points are missing" 1 $?
over=$(ended "$dir/shard-1.db")
plan=$(sweep --report "$dir/merged.db" --resume --explain)
is "shards, one killed: what is left of it" $((5 - over)) \
    "$(line records "$plan" | cut -d ' ' -f 1)"
ok "shards, one killed: the merged report goes on" sweep --report "$dir/merged.db" --resume \
    2>"$dir/err"
is "shards, one killed: it computes what is left" $((5 - over)) \
    "$(sed -n 's/.* before, \([0-9]*\) computed$/\1/p' "$dir/err")"
$CROSSBILL report "$dir/whole.db" --format json >"$dir/whole.json"
$CROSSBILL report "$dir/merged.db" --format json | cmp -s - "$dir/whole.json"
is "shards, one killed: equal to the report of one computer" 0 $?
is "shards, one killed: nothing that was kept is left" 0 \
    "$(query "$dir/merged.db" "select count(*) from sqlite_schema where name = 'sweep_kept'")"
ok "the shard itself goes on" sweep --report "$dir/shard-1.db" --shard 1/2 --resume 2>"$dir/err"
is "the shard itself computes what is left" $((5 - over)) \
    "$(sed -n 's/.* before, \([0-9]*\) computed$/\1/p' "$dir/err")"
rm "$dir/merged.db"
ok "merge" $CROSSBILL merge "$dir/merged.db" "$dir/shard-1.db" "$dir/shard-2.db"
$CROSSBILL report "$dir/merged.db" --format json | cmp -s - "$dir/whole.json"
is "merge: equal to the report of one computer" 0 $?

finish
