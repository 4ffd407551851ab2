#!/bin/sh
# sweep: every point is its own replay's bill; refused points stay in; what a report has
# already is not computed again; shards put together are the whole; a full disk.
. tests/tap.sh

# query DB SQL
query()
{
    sqlite3 "$1" "$2"
}
# total TRACE SETTING...: the measured phase of one replay, in millicycles.
total()
{
    $CROSSBILL replay "$@" --json >"$dir/one.json"
    query :memory: "select sum(value) from json_each(json_extract(
        readfile('$dir/one.json'), '\$.phases.measured.group_mcycles'))"
}

large=$dir/large.xbt
small=$dir/small.xbt
$CROSSBILL record pingpong --structure l3-large --pages 4 --requests 10 -o "$large" \
    >/dev/null
$CROSSBILL record pingpong --structure l3-small --pages 6 --requests 10 -o "$small" \
    >/dev/null

# 3 x 2 points; 65 entries are no sets of 4, so two of them are refused.
dtlb="-v tlb.dtlb.entries=16,64,65 -v memory.latency=10,20"
# shellcheck disable=SC2086 # options without blanks
$CROSSBILL sweep "$large" -m pentium-100 $dtlb --csv | tr -d '\r' >"$dir/points.csv"
is "CSV: the columns" \
    "trace,scenario,structure,pages,point,tlb.dtlb.entries,memory.latency,requests,work_mcycles,competition_mcycles,explicit_mcycles,implicit_mcycles,idle_mcycles,total_mcycles,refused" \
    "$(head -n 1 "$dir/points.csv")"
is "CSV: a row for each point" 7 "$(wc -l <"$dir/points.csv")"
is "CSV: what was recorded" "pingpong,l3-large,4" \
    "$(cut -d, -f 2-4 "$dir/points.csv" | sed -n 2p)"
for point in 16,10 16,20 64,10 64,20; do
    is "point $point is its own replay" \
        "$(total "$large" -m pentium-100 -s "tlb.dtlb.entries=${point%,*}" \
            -s "memory.latency=${point#*,}")" \
        "$(grep ",$point,10," "$dir/points.csv" | cut -d, -f 14)"
done
is "a machine that cannot exist is refused" \
    ",,,,,,,,tlb.dtlb: 65 entries do not divide into sets of 4 ways" \
    "$(grep ',65,20,' "$dir/points.csv" | cut -d, -f 7- | sed 's/^20//')"

# shellcheck disable=SC2086
$CROSSBILL sweep "$large" "$small" -m pentium-100 $dtlb --json >"$dir/points.json"
is "JSON: both traces, all points" 12 \
    "$(query :memory: "select json_array_length(readfile('$dir/points.json'), '\$.points')")"
is "JSON: the domains add up to the total" 0 \
    "$(query :memory: "select count(*) from
        json_each(readfile('$dir/points.json'), '\$.points') p
        where p.value ->> 'total_mcycles' <> (select sum(t.value) from
            json_tree(p.value, '\$.domains') t where t.type = 'integer')")"
is "several traces: structure and pages are columns" "pingpong l3-small 6 64 20" \
    "$($CROSSBILL sweep "$large" "$small" -m pentium-100 -v tlb.dtlb.entries=16,64 \
        -v memory.latency=10,20 | tail -n 1 | awk '{ print $1, $2, $3, $4, $5 }')"

# ---- a report ----
# sweep_into REPORT OPTION...
sweep_into()
{
    into=$1
    shift
    # shellcheck disable=SC2086
    $CROSSBILL sweep "$large" "$small" -m pentium-100 $dtlb --report "$into" "$@"
}
export_of()
{
    $CROSSBILL report "$1" --format json
}
ok "into a report" sweep_into "$dir/whole.db"
is "the report: points" "2|12|4|done" \
    "$(query "$dir/whole.db" "select count(distinct sweep), count(*), count(refused),
        group_concat(distinct state) from sweep_points join sweeps using (sweep)")"
is "the report: the CSV's numbers" "$(sed -n 2,5p "$dir/points.csv" | cut -d, -f 9-13)" \
    "$(query "$dir/whole.db" "select
        work_mcycles || ',' || competition_mcycles || ',' || explicit_mcycles || ',' ||
        implicit_mcycles || ',' || idle_mcycles from sweep_points join sweeps using (sweep)
        where trace = 1 and refused is null order by point")"
export_of "$dir/whole.db" >"$dir/whole.json"

# What is there is not computed again: a point that was changed stays as it is. What is
# missing comes back.
cp "$dir/whole.db" "$dir/part.db"
query "$dir/part.db" "pragma foreign_keys = on;
    delete from sweep_points where (sweep, point) in ((1, 1), (1, 5), (2, 0));
    update sweeps set state = 'running'"
cp "$dir/part.db" "$dir/odd.db"
query "$dir/odd.db" "update sweep_points set idle_mcycles = 7 where (sweep, point) = (1, 2)"
ok "--resume" sweep_into "$dir/part.db" --resume
export_of "$dir/part.db" | cmp -s - "$dir/whole.json"
is "--resume: as if nothing had been missing" 0 $?
ok "--resume, with a point that is odd" sweep_into "$dir/odd.db" --resume
is "--resume: what is there is kept" "7|done|6" \
    "$(query "$dir/odd.db" "select idle_mcycles, state, (select count(*) from sweep_points
        where sweep = 1) from sweep_points join sweeps using (sweep)
        where (sweep, point) = (1, 2)")"
ok "without --resume" sweep_into "$dir/odd.db"
export_of "$dir/odd.db" | cmp -s - "$dir/whole.json"
is "without --resume: all is computed again" 0 $?

# ---- shards ----
for shard in 1 2 3 4; do
    ok "shard $shard of 4" sweep_into "$dir/shard-$shard.db" --shard "$shard/4"
done
# Six points in four stretches, the k-th from 6 (k - 1) / 4 on.
is "the shards' points" "0,1 2,3,4 5" \
    "$(for shard in 1 2 3 4; do
        query "$dir/shard-$shard.db" "select group_concat(point, ' ') from sweep_points
            where sweep = 2"
    done | paste -s -d ,)"
# Of two sweeps of six, one point each is in these two shards.
refuses "a shard is missing" 1 "crossbill: $dir/merged.db: 8 points are still missing" \
    $CROSSBILL merge "$dir/merged.db" "$dir/shard-3.db" "$dir/shard-1.db"
is "a shard is missing: the sweeps are not done" "running" \
    "$(query "$dir/merged.db" "select distinct state from sweeps")"
rm "$dir/merged.db"
ok "merge" $CROSSBILL merge "$dir/merged.db" "$dir"/shard-?.db
export_of "$dir/merged.db" | cmp -s - "$dir/whole.json"
is "merge: equal to the report of one computer" 0 $?
ok "merge again" $CROSSBILL merge "$dir/merged.db" "$dir"/shard-?.db
export_of "$dir/merged.db" | cmp -s - "$dir/whole.json"
is "merge again: nothing changes" 0 $?
# ---- replays of several computers ----
for machine in tiny i486-50; do
    ok "a replay on $machine" $CROSSBILL replay "$large" -q -m "$machine" \
        --report "$dir/of-$machine.db"
    $CROSSBILL replay "$large" -q -m "$machine" --report "$dir/both.db"
done
$CROSSBILL replay "$small" -q -m tiny --report "$dir/both.db"
$CROSSBILL replay "$small" -q -m tiny --report "$dir/of-i486-50.db"
ok "merge replays" $CROSSBILL merge "$dir/gathered.db" "$dir/of-tiny.db" "$dir/of-i486-50.db"
export_of "$dir/gathered.db" >"$dir/gathered.json"
export_of "$dir/both.db" | cmp -s - "$dir/gathered.json"
is "merge replays: equal to the report of one computer" 0 $?
ok "merge them again" $CROSSBILL merge "$dir/gathered.db" "$dir/of-i486-50.db"
export_of "$dir/gathered.db" | cmp -s - "$dir/gathered.json"
is "merge them again: nothing changes" 0 $?
query "$dir/of-tiny.db" "update replays set state = 'running', total_mcycles = null, lost = null"
rm "$dir/gathered.db"
ok "merge one that was not finished" $CROSSBILL merge "$dir/gathered.db" "$dir/of-tiny.db"
is "it stays behind" 0 "$(query "$dir/gathered.db" "select count(*) from replays")"

# ---- domains ----
is "the report: domains add up to each account" 0 \
    "$(query "$dir/whole.db" "select count(*) from (select sweep, point, account, sum(mcycles) m
        from sweep_domains group by 1, 2, 3 having m <> 0) d full join sweep_accounts a
        using (sweep, point, account) where m is not mcycles")"
is "the report: what domains pay, of both traces" "l3-large 4|l3-small 6" \
    "$(query "$dir/whole.db" "select group_concat(r, '|') from (select structure || ' ' || pages r
        from sweep_by_domain where account = 'work' and cycles > 0
        group by 1 order by 1)")"

# ---- walkers that read through the caches ----
is "--explain: one pass for each geometry of the TLBs" \
    "passes 2, of which 2 for one geometry of TLBs each: its walks are read through the data caches" \
    "$($CROSSBILL sweep "$large" -m pentium-100 -v walk.kind=hardware \
        -v tlb.dtlb.entries=16,64 -v cache.l1d.size=4K,8K -v cache.l1d.ways=1,2 --explain |
        grep passes | tr -s ' ' | sed 's/^ //')"
is "a point behind a walker is its own replay" \
    "$(total "$large" -m pentium-100 -s walk.kind=hardware -s cache.l1d.size=4K)" \
    "$($CROSSBILL sweep "$large" -m pentium-100 -s walk.kind=hardware \
        -v cache.l1d.size=4K,8K --csv | sed -n 2p | cut -d, -f 13)"

echo "no report" >"$dir/none.db"
refuses "a shard that is no report" 4 \
    "crossbill: $dir/none.db: this is not a crossbill report (nor any SQLite file)" \
    $CROSSBILL merge "$dir/merged.db" "$dir/none.db"

# ---- the plan ----
plan=$($CROSSBILL sweep "$large" -m pentium-100 -v cache.l1d.size=4K,8K,16K --explain |
    sed -n 2,5p | tr -s ' ' | paste -s -d ';')
# L1I, L1D and, behind each of the three L1D, an L2; the D-TLB is tree-PLRU.
is "--explain" " points 3, of which refused 0; families 5 (structures whose sizes come from one pass); passes 1; replays 1, because of a TLB that does not replace the least recently used entry" \
    "$plan"

# ---- bad input ----
many="$CROSSBILL sweep $large -m pentium-100 -v memory.latency=1..1001"
refuses "more than a million points" 2 \
    "crossbill: the grid has 1002001 points; --yes computes more than a million, --explain says what that takes" \
    $many -v walk.cycles=1..1001
refuses "a path that the machine does not have" 2 \
    "crossbill: tlb.dtbl.entries=8: the machine has no \"dtbl\"; did you mean \"dtlb\"?" \
    $CROSSBILL sweep "$large" -m pentium-100 -v tlb.dtbl.entries=8
refuses "an empty range" 2 "crossbill sweep: --vary: memory.latency=9..8: the range \"9..8\" is empty; expected FROM to be at most TO
Try \`crossbill sweep --help' or \`crossbill sweep --usage' for more
information." $CROSSBILL sweep "$large" -m tiny -v memory.latency=9..8
refuses "a figure that no machine has" 2 \
    'crossbill: memory.latncy=1: at memory.latncy: unknown key "latncy"; did you mean "latency"?' \
    $CROSSBILL sweep "$large" -m tiny -v memory.latncy=1,2
refuses "varied twice" 2 "crossbill sweep: --vary: memory.latency is varied twice
Try \`crossbill sweep --help' or \`crossbill sweep --usage' for more
information." $CROSSBILL sweep "$large" -m tiny -v memory.latency=8 -v memory.latency=9
refuses "a shard that is none" 2 "crossbill sweep: --shard: '5' is not a number from 1 to 4
Try \`crossbill sweep --help' or \`crossbill sweep --usage' for more
information." $CROSSBILL sweep "$large" -m tiny -v memory.latency=8 --shard 5/4

# A full disk: no file may grow beyond what the report has now (in blocks of 512 bytes).
query "$dir/part.db" "pragma foreign_keys = on; delete from sweep_points; vacuum"
blocks=$(($(wc -c <"$dir/part.db") / 512))
(
    trap '' XFSZ
    ulimit -f "$blocks"
    # shellcheck disable=SC2086
    exec $CROSSBILL sweep "$large" -m pentium-100 -v tlb.dtlb.entries=8..512:*2 \
        -v memory.latency=1..40 --report "$dir/part.db" 2>"$dir/err"
)
is "a full disk: exit code" 4 $?
is "a full disk: the report is sound" ok "$(query "$dir/part.db" "pragma integrity_check")"
ok "a full disk: --resume works" $CROSSBILL sweep "$large" -m pentium-100 \
    -v 'tlb.dtlb.entries=8..512:*2' -v memory.latency=1..40 --report "$dir/part.db" --resume
is "a full disk: all points are there" "280|done" \
    "$(query "$dir/part.db" "select count(*), state from sweep_points join sweeps using (sweep)
        where points = 280")"

# A signal: a replay for each of 150 geometries of a TLB that is no stack algorithm. What
# was computed is there, and the sweep is not done; it goes on.
$CROSSBILL record pingpong --pages 64 --requests 50 -o "$dir/long.xbt" >/dev/null
many_replays()
{
    exec env --default-signal=INT "$CROSSBILL" sweep "$dir/long.xbt" -m i486-50 \
        -v tlb.tlb.entries=4..600:+4 --report "$dir/stopped.db" "$@"
}
for signal in INT:130 TERM:143; do
    rm -f "$dir/stopped.db"
    many_replays 2>"$dir/err" &
    sweep=$!
    while kill -0 $sweep 2>/dev/null && ! test -s "$dir/stopped.db"; do
        sleep 0.01
    done
    kill -"${signal%:*}" $sweep
    wait $sweep
    is "SIG${signal%:*}: exit code" "${signal#*:}" $?
    is "SIG${signal%:*}: the report is sound" ok \
        "$(query "$dir/stopped.db" "pragma integrity_check")"
    is "SIG${signal%:*}: the sweep is not done" 0 \
        "$(query "$dir/stopped.db" "select count(*) from sweeps where state = 'done'")"
done
(many_replays --resume --shard 1/75)
is "a stopped sweep goes on: exit code" 0 $?
is "a stopped sweep goes on" "0 1" "$(query "$dir/stopped.db" "select group_concat(point, ' ')
    from (select point from sweep_points where point < 2 order by point)")"

finish
