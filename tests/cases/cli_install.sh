#!/bin/sh
# What is installed works without the tree it came from, wherever it is put.
. tests/tap.sh

# A blank in the name is what installers trip over.
at="$dir/staged"
ok "make install" env -u MAKEFLAGS make -s install DESTDIR="$at" prefix=/opt/x >/dev/null
is "what is installed" "bin
include
lib
share" "$(ls "$at/opt/x")"
mv "$at/opt/x" "$dir/moved here"
installed="$dir/moved here/bin/crossbill"
is "the version" "$($CROSSBILL --version)" "$(cd / && "$installed" --version)"
is "machines are found" "$($CROSSBILL machines)" "$(cd / && "$installed" machines)"
ok "a recording is made" "$installed" record null --requests 2 -o "$dir/a.xbt" >/dev/null
$CROSSBILL record null --requests 2 -o "$dir/b.xbt" >/dev/null
ok "the same as the tree's" cmp -s "$dir/a.xbt" "$dir/b.xbt"

mkdir "$dir/empty"
refuses "data that are nowhere" 4 \
    "crossbill: machines: not found in \$CROSSBILL_DATA ($dir/empty)" \
    env CROSSBILL_DATA="$dir/empty" $CROSSBILL machines

env -u MAKEFLAGS make -s install DESTDIR="$at" prefix=/opt/x >/dev/null
ok "make uninstall" env -u MAKEFLAGS make -s uninstall DESTDIR="$at" prefix=/opt/x
is "nothing is left but directories" "" "$(find "$at" ! -type d)"
finish
