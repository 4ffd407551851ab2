# tap.sh - what the shell tests share: TAP on standard output, a directory of their own.
#
#   . tests/tap.sh
#   is "the version" "crossbill 0.1.0" "$($CROSSBILL --version)"
#   refuses "an unknown verb" 2 "crossbill: there is no verb 'x'; ..." $CROSSBILL x
#   finish
#
# Scripts run at the root of the tree. $dir is a directory for the test alone; it is
# removed at the end.
CROSSBILL=${CROSSBILL:-build/crossbill}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
tap_count=0
tap_failed=0

# ok WHAT COMMAND...: the command succeeds.
ok()
{
    tap_what=$1
    shift
    tap_count=$((tap_count + 1))
    if "$@"; then
        echo "ok $tap_count - $tap_what"
    else
        tap_failed=$((tap_failed + 1))
        echo "not ok $tap_count - $tap_what"
    fi
}

# is WHAT EXPECTED GOT: both texts are equal.
is()
{
    ok "$1" test "$2" = "$3"
    test "$2" = "$3" || printf '# expected: %s\n# got:      %s\n' "$2" "$3"
}

# refuses WHAT CODE SENTENCE COMMAND...: the command ends with CODE, says exactly SENTENCE
# on standard error, and prints nothing on standard output.
refuses()
{
    tap_case=$1
    tap_code=$2
    tap_sentence=$3
    shift 3
    "$@" >"$dir/tap.out" 2>"$dir/tap.err" </dev/null
    tap_status=$?
    is "$tap_case: exit code" "$tap_code" "$tap_status"
    is "$tap_case: sentence" "$tap_sentence" "$(cat "$dir/tap.err")"
    is "$tap_case: no output" "" "$(cat "$dir/tap.out")"
    rm -f "$dir/tap.out" "$dir/tap.err"
}

finish()
{
    echo "1..$tap_count"
    test "$tap_failed" -eq 0
}
