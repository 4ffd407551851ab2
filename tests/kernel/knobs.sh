#!/bin/sh
# Every knob that a scenario is said to use changes what is recorded; any other is refused.
. tests/tap.sh

# recorded KNOB...: a digest of the records of $scenario with these knobs.
recorded()
{
    $CROSSBILL record "$scenario" --structure l3-large --cpu pentium3 --requests 6 --warm-up 2 \
        "$@" -o "$dir/t.xbt" >/dev/null || return 1
    $CROSSBILL dump "$dir/t.xbt" | grep -v '^header' | sha256sum
}

# Another value of each knob than its default and than recorded() gives.
values="pages=3 lines=2 write=80 bytes=64 chain=2 files=5 filesize=2048 transfer=256
        sysenter=1 timer=10 requests=7 warm-up=3 seed=9 pattern=chase"

for scenario in $($CROSSBILL record --list | sed -n '/^Scenarios/,/^$/s/^  \([a-z-]*\) .*/\1/p')
do
    uses=" $($CROSSBILL record --list | awk -v scenario="$scenario" '
        /^[A-Z]/ { inside = /^Knobs of each/ }
        inside { if (substr($0, 3, 1) != " ") mine = $1 == scenario
                 if (mine) for (i = 1; i <= NF; i++) if ($i ~ /^--/) print substr($i, 3) }' |
        tr '\n' ' ') "
    few=
    long= # so that there is time for a tick
    case $scenario in
    file | compile) few="--files 4 --filesize 4096 --transfer 512" ;;
    null | call) long="--requests 3000" ;;
    pingpong | thread-switch | preempt) long="--requests 100" ;;
    esac
    base=$(recorded $few)
    for value in $values; do
        knob=${value%=*}
        case $uses in
        *" $knob "*)
            case $knob in
            timer) test "$(recorded $few $long "--$value")" != "$(recorded $few $long)" ;;
            *) test "$(recorded $few "--$value")" != "$base" ;;
            esac
            is "$scenario: $knob matters" 0 $? ;;
        *)
            $CROSSBILL record "$scenario" "--$value" -o "$dir/refused.xbt" 2>"$dir/err"
            is "$scenario: $knob is refused: exit code" 2 $?
            is "$scenario: $knob is refused" \
                "crossbill record: scenario $scenario has no use for --$knob;" \
                "$(sed -n '1s/;.*/;/p' "$dir/err")" ;;
        esac
    done
done
ok "nothing is made of a refused one" test ! -e "$dir/refused.xbt"

refuses "the sentence names the scenario's knobs" 2 "crossbill record: scenario call has no \
use for --pages; its knobs are --requests, --warm-up, --domain and --timer
Try \`crossbill record --help' or \`crossbill record --usage' for more
information." $CROSSBILL record call --pages 3 -o "$dir/refused.xbt"
refuses "pages of a domain that visits none" 2 "crossbill record: scenario null visits no \
pages, so a domain of it has none
Try \`crossbill record --help' or \`crossbill record --usage' for more
information." $CROSSBILL record null --domain ping=large:3 -o "$dir/refused.xbt"
finish
