#!/bin/bash
# The manual page and the completion say what --help says.
. tests/tap.sh

$CROSSBILL help --manual >"$dir/crossbill.1"
is "the manual page: exit code" 0 $?
if command -v groff >/dev/null; then
    groff -man -Tutf8 -ww "$dir/crossbill.1" >"$dir/page" 2>"$dir/warnings"
    is "groff has nothing against it" "" "$(cat "$dir/warnings")"
fi

verbs=$($CROSSBILL --help | sed -n 's/^  \([a-z]*\)  .*/\1/p')
for verb in $verbs; do
    # The options of the verb by its usage message, against its section of the page.
    sed -n "/^\.SS \"crossbill $verb\"/,/^\.S/p" "$dir/crossbill.1" | tr -d '\\' |
        grep -o -- '--[a-z-]*fR' | sed 's/fR//' | sort -u >"$dir/manual"
    $CROSSBILL "$verb" --usage | tr -s ' []=' '\n' | grep -- '^--' | sort -u >"$dir/usage"
    is "$verb: the manual page has its options" "$(cat "$dir/usage")" "$(cat "$dir/manual")"
done

eval "$($CROSSBILL help --completion)"
# complete_as WORD...: what is offered for the last word.
complete_as()
{
    COMP_WORDS=("$CROSSBILL" "$@")
    COMP_CWORD=$#
    _crossbill "$CROSSBILL" 2>/dev/null # compopt wants a real completion
    printf '%s\n' "${COMPREPLY[@]}"
}
is "verbs are completed" "help" "$(complete_as hel)"
is "verbs after help are completed" "help" "$(complete_as help hel)"
is "options are completed" "--completion" "$(complete_as help --comp)"
is "so are those that verbs share" "--machine=" "$(complete_as explain --mach)"
is "machines are completed" "i486-50" "$(complete_as explain t.xbt -m i48)"
is "studies are completed" "tlb-designs" "$(complete_as study tlb)"
is "claims are completed" "refill-bound" "$(complete_as claims refill)"
finish
