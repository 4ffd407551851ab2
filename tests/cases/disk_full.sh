#!/bin/sh
# The disk is full after so many bytes (as a limit on the size of files), wherever that
# is: it is said, with exit code 4; nothing stands half-written under its final name; a
# report stays sound; and with space the command does what it would have done.
. tests/tap.sh
. tests/killed.sh

LIMITS=${LIMITS:-5} # places at which it is full

# limited BLOCKS COMMAND...: no file may grow beyond so many blocks of 512 bytes.
limited()
{
    (
        trap '' XFSZ
        ulimit -f "$1"
        shift
        exec "$@" >/dev/null 2>"$dir/err"
    )
}

# limits FILE: block counts below its size, from one (in which the error is written) to
# all but the last.
limits()
{
    awk -v bytes="$(wc -c <"$1")" -v limits="$LIMITS" 'BEGIN {
        last = int((bytes - 1) / 512)
        for (i = 0; i < limits; i++) {
            at = 1 + int((last - 1) * i / (limits - 1))
            if (at != before)
                print at
            before = at
        }
    }'
}

# runs_out VERB OUT WHOLE OPTION...: writing OUT, whose full content is WHOLE, fails at each
# limit, says so, and leaves what was there.
runs_out()
{
    verb=$1
    out=$2
    whole=$3
    shift 3
    set -- $CROSSBILL "$verb" "$@" -o "$out"
    codes=
    kept=0
    tried=0
    said=0
    for blocks in $(limits "$whole"); do
        echo old >"$out"
        limited "$blocks" "$@"
        codes="$codes $?"
        tried=$((tried + 1))
        test "$(cat "$out")" != old || kept=$((kept + 1))
        test "$(grep -c 'File too large' "$dir/err")" -ne 1 || said=$((said + 1))
    done
    is "$verb: tried" 1 $((tried > 1))
    is "$verb: exit codes" "4" "$(printf '%s\n' $codes | sort -u | xargs)"
    is "$verb: told why" $tried $said
    is "$verb: what stood there stays" $tried $kept
    "$@" >/dev/null
    ok "$verb: with space it is written" cmp -s "$whole" "$out"
}

trace="$dir/t.xbt"
$CROSSBILL record pingpong --pages 4 --requests 20 -o "$trace" >/dev/null
$CROSSBILL replay --quiet -m i486-50 --report "$dir/r.db" "$trace"
$CROSSBILL report "$dir/r.db" -o "$dir/whole.html"
$CROSSBILL export csv "$trace" -o "$dir/whole.csv"
mkdir "$dir/out"

runs_out record "$dir/out/t.xbt" "$trace" pingpong --pages 4 --requests 20
runs_out report "$dir/out/r.html" "$dir/whole.html" "$dir/r.db"
runs_out export "$dir/out/t.csv" "$dir/whole.csv" csv "$trace"
is "nothing else is left" "r.html t.csv t.xbt" "$(ls "$dir/out" | xargs)"

# fills_up WHAT COMMAND...: a report that cannot grow, at each limit, from an empty one and
# going on with what is there. COMMAND makes $dir/out.db; it goes on where it stopped.
fills_up()
{
    what=$1
    shift
    rm -f "$dir/out.db"
    "$@" >/dev/null
    content "$dir/out.db" >"$dir/whole.json"
    cp "$dir/out.db" "$dir/full.db"
    codes=
    unsound=0
    for blocks in $(limits "$dir/full.db"); do
        rm -f "$dir/out.db"
        limited "$blocks" "$@"
        codes="$codes $?"
        is_sound "$dir/out.db" || unsound=$((unsound + 1))
    done
    is "$what: exit codes" "4" "$(printf '%s\n' $codes | sort -u | xargs)"
    is "$what: reports that are damaged" 0 $unsound
    "$@" >/dev/null
    content "$dir/out.db" >"$dir/again.json"
    ok "$what: with space it has everything" cmp -s "$dir/whole.json" "$dir/again.json"
}
fills_up replay $CROSSBILL replay --quiet -m i486-50 -m pentium-100 --report "$dir/out.db" \
    "$trace"
fills_up sweep $CROSSBILL sweep "$trace" -m i486-50 -v memory.latency=1..20 --resume \
    --report "$dir/out.db"

# Space comes bit by bit: a pass and three replays, each taken from before where its counts
# are in the file.
sweep_on()
{
    "$@" $CROSSBILL sweep "$trace" -m i486-50 -v tlb.tlb.entries=8,16,32 \
        -v memory.latency=1..20 --resume --report "$dir/out.db"
}
rm -f "$dir/out.db"
sweep_on env >/dev/null
content "$dir/out.db" >"$dir/whole.json"
cp "$dir/out.db" "$dir/full.db"
rm -f "$dir/out.db"
codes=
unsound=0
for blocks in $(limits "$dir/full.db"); do
    sweep_on limited "$blocks"
    codes="$codes $?"
    is_sound "$dir/out.db" || unsound=$((unsound + 1))
done
is "bit by bit: exit codes" "4" "$(printf '%s\n' $codes | sort -u | xargs)"
is "bit by bit: reports that are damaged" 0 $unsound
sweep_on env 2>/dev/null
content "$dir/out.db" >"$dir/again.json"
ok "bit by bit: with space it has everything" cmp -s "$dir/whole.json" "$dir/again.json"
finish
