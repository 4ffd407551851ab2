# killed.sh - what the tests share that kill the program at random moments.
#
# KILLS is how many times each command is killed (10), SEED where the moments come from
# (1). The moments are drawn evenly from the time that the command takes when it is left
# alone, so that about all of them fall within its run, at whatever speed it runs.
KILLS=${KILLS:-10}
SEED=${SEED:-1}

# how_long COMMAND...: runs it and leaves the seconds that it took in $took.
how_long()
{
    tap_start=$(date +%s%N)
    "$@"
    tap_result=$?
    took=$(($(date +%s%N) - tap_start))
    return $tap_result
}

# moments: KILLS of them, in seconds, one a line.
moments()
{
    awk -v took="$took" -v kills="$KILLS" -v seed="$SEED" 'BEGIN {
        srand(seed)
        for (i = 0; i < kills; i++)
            printf "%.4f\n", 0.001 + rand() * took / 1e9
    }'
}

# killed_after SECONDS COMMAND...: start it, and kill it (only it, not what it started)
# if it still runs then. $killed counts those that did.
killed=0
killed_after()
{
    tap_moment=$1
    shift
    timeout --foreground -s KILL "$tap_moment" "$@" >/dev/null 2>&1
    test $? -ne 137 || killed=$((killed + 1))
}

# is_sound DATABASE: absent, or SQLite finds nothing wrong with it.
is_sound()
{
    test ! -e "$1" || test "$(sqlite3 "$1" 'pragma integrity_check' 2>&1)" = ok
}

# is_old_or FILE WHOLE: FILE is what it was before ("old"), or all of what it should be.
is_old_or()
{
    test "$(head -c 4 "$1")" = old || cmp -s "$1" "$2"
}

# content REPORT: every table and view as JSON. The row numbers of replays and sweeps tell
# how often they were begun, which is nothing of the result: they are counted anew.
content()
{
    $CROSSBILL report "$1" --format json | awk '{
        line = $0
        out = ""
        while (match(line, /"(replay|sweep)": [0-9]+/)) {
            key = substr(line, RSTART, RLENGTH)
            if (!(key in number)) {
                word = substr(key, 1, index(key, ":"))
                number[key] = word " " ++count[word]
            }
            out = out substr(line, 1, RSTART - 1) number[key]
            line = substr(line, RSTART + RLENGTH)
        }
        print out line
    }'
}
