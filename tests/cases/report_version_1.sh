#!/bin/sh
# A report of version 1: read as it is, brought up to this version where it is written to,
# and refused when its tables are not those of version 1.
. tests/tap.sh

# One replay, and a sweep of two points, of a pingpong of two requests; and a view of the
# user's own. (In a dump the two marks of the file are missing.)
old()
{
    sqlite3 "$1" <tests/cases/report_version_1.sql
    sqlite3 "$1" 'pragma application_id = 1480739916; pragma user_version = 1'
}
old "$dir/r.db"
sum=$(sha256sum <"$dir/r.db")

ledger='select sum(instruction_mcycles + memory_mcycles) from ledger'
before=$(sqlite3 "$dir/r.db" "$ledger")
is "what it holds" 5351000 "$(sqlite3 "$dir/r.db" "select sum(work_mcycles +
    competition_mcycles + explicit_mcycles + implicit_mcycles + idle_mcycles)
    from sweep_points where point = 1")"
is "read: its bill" "measured,call,4
measured,reply,4" "$($CROSSBILL report "$dir/r.db" --table crossing_bill | tr -d '\r' |
    sqlite3 :memory: -cmd '.mode csv' -cmd '.import /dev/stdin t' \
        "select phase, substr(kind, 5), 2 * crossings from t where phase = 'measured'" |
    tr -d '\r')"
is "read: it had no warmth" "" "$($CROSSBILL report "$dir/r.db" --table warmth | sed 1d)"
ok "read: a page" "$CROSSBILL" report "$dir/r.db" -o "$dir/r.html"
is "read: not written to" "$sum" "$(sha256sum <"$dir/r.db")"

ok "a chart is kept in it" "$CROSSBILL" chart "$dir/r.db" --keep
is "written to: it is of version 3" 3 "$(sqlite3 "$dir/r.db" 'pragma user_version')"
is "its ledger is as it was" "$before" "$(sqlite3 "$dir/r.db" "$ledger")"
is "so are its sweep and its machine" "2 1 5" "$(sqlite3 "$dir/r.db" "select
    (select count(*) from sweep_points) || ' ' || (select count(*) from sweeps where
    state = 'done') || ' ' || (select count(*) from machine_figures)")"
is "its own view is kept" 1 "$(sqlite3 "$dir/r.db" 'select replays from mine')"
is "nothing is left over" "" "$(sqlite3 "$dir/r.db" "pragma foreign_key_check;
    select name from sqlite_schema where name like 'crossbill_old%'")"
ok "it is read again" "$CROSSBILL" report "$dir/r.db" -o "$dir/r.html"

# The sweep of an old report is merged into a new one.
old "$dir/shard.db"
sum=$(sha256sum <"$dir/shard.db")
ok "an old shard is merged" "$CROSSBILL" merge "$dir/whole.db" "$dir/shard.db"
is "its points are there" "2754.0 2675.5" "$(sqlite3 "$dir/whole.db" "select
    group_concat(iif(point = 0, work_cycles, total_cycles), ' ') from sweep_results")"
is "the shard is not written to" "$sum" "$(sha256sum <"$dir/shard.db")"

# ---- refusals ----
old "$dir/other.db"
sqlite3 "$dir/other.db" 'alter table visits add column x integer'
sum=$(sha256sum <"$dir/other.db")
sentence="the report is damaged: its tables are not those of its version"
refuses "other tables" 4 "crossbill: $dir/other.db: $sentence" \
    "$CROSSBILL" report "$dir/other.db"
refuses "other tables, to write" 4 "crossbill: $dir/other.db: $sentence" \
    "$CROSSBILL" chart "$dir/other.db" --keep
is "they are not touched" "$sum" "$(sha256sum <"$dir/other.db")"
sqlite3 "$dir/other.db" 'pragma user_version = 0'
refuses "no version" 4 "crossbill: $dir/other.db: $sentence" \
    "$CROSSBILL" report "$dir/other.db"

finish
