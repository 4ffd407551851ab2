#!/bin/sh
# The command line itself: the first screen, slips of the fingers, unwritten output.
. tests/tap.sh

is "the version" "crossbill $(sed -n 's/^VERSION := //p' Makefile)" \
    "$($CROSSBILL --version)"

$CROSSBILL >"$dir/out" 2>"$dir/err"
is "no verb: exit code" 2 $?
is "no verb: nothing on standard output" "" "$(cat "$dir/out")"
is "no verb: the first screen on standard error" \
    "Usage: crossbill [OPTION...] VERB [ARGUMENT...]" "$(head -n 1 "$dir/err")"

$CROSSBILL --help >"$dir/long" 2>"$dir/err"
is "--help: exit code" 0 $?
is "--help: nothing on standard error" "" "$(cat "$dir/err")"
$CROSSBILL -h >"$dir/short"
ok "-h is --help" cmp -s "$dir/short" "$dir/long"
$CROSSBILL help >"$dir/verb"
ok "help is --help" cmp -s "$dir/verb" "$dir/long"
is "no line of help is wider than 80 columns" "" "$(grep -E '.{81}' "$dir/long")"

# Every verb that the first screen lists has help of its own that names it.
for verb in $(sed -n 's/^  \([a-z]*\)  .*/\1/p' "$dir/long"); do
    $CROSSBILL help "$verb" >"$dir/verb" 2>&1
    is "help $verb: exit code" 0 $?
    is "help $verb: usage" "Usage: crossbill $verb" \
        "$(sed -n '1s/^\(Usage: crossbill [a-z]*\).*/\1/p' "$dir/verb")"
    is "help $verb: no wide line" "" "$(grep -E '.{81}' "$dir/verb")"
done

refuses "a verb with a slip" 2 \
    "crossbill: there is no verb 'hepl'; did you mean 'help'?" $CROSSBILL hepl
refuses "a verb like no other" 2 \
    "crossbill: there is no verb 'frobnicate'; crossbill --help lists them" \
    $CROSSBILL frobnicate
refuses "a verb with control characters" 2 \
    "crossbill: there is no verb '\\x1b[2J'; crossbill --help lists them" \
    $CROSSBILL "$(printf '\033[2J')"
refuses "an unknown option" 2 \
    "crossbill: unrecognized option '--frobnicate'
Try \`crossbill --help' or \`crossbill --usage' for more information." \
    $CROSSBILL --frobnicate

$CROSSBILL --help >/dev/full 2>"$dir/err"
is "a full disk: exit code" 4 $?
is "a full disk: sentence" "crossbill: standard output: No space left on device" \
    "$(cat "$dir/err")"
finish
