#!/bin/sh
# The README's examples print what the README says, and what it points to is there.
# `make readme` renews them.
. tests/tap.sh
PATH=$(dirname "$(readlink -f "$CROSSBILL")"):$PATH

awk -v dir="$dir" -f tests/readme.awk README.md >"$dir/README.md"
is "its examples run: exit code" 0 $?
is "its examples print what it says" "" "$(diff README.md "$dir/README.md")"
ok "it has examples" test "$(grep -c '^    \$ ' README.md)" -ge 5
for file in $(grep -o '](\([a-z][^)]*\))' README.md | sed 's/](\(.*\))/\1/'); do
    ok "$file, to which it points, is there" test -e "$file"
done
finish
