#!/bin/sh
# The Debian packages: they build from a copy of the tree, lintian has nothing against them,
# and what is unpacked of them lists its machines, records and replays. Speaks TAP.
. tests/tap.sh

# shellcheck disable=SC2020
sorted() { tr ' ,' '\n\n' | sed '/^$/d' | LC_ALL=C sort; }
is "the packages to build with are the Makefile's" "$(make -s build-packages | sorted)" \
    "$(sed -n '/^Build-Depends:/,/^Standards/p' debian/control | grep -v '^Standards' |
        sed 's/^Build-Depends://; s/debhelper-compat (= 13)//' | sorted)"
is "the version is the Makefile's" \
    "$(sed -n 's/^VERSION := //p' Makefile)" \
    "$(dpkg-parsechangelog -l debian/changelog -S Version)"

copy=$dir/source/crossbill
mkdir -p "$copy"
tar --exclude=./build --exclude=./reports/out --exclude=./.git -cf - . | tar xf - -C "$copy"
(cd "$copy" && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL dpkg-buildpackage -us -uc) \
    >"$dir/build.log" 2>&1
is "they are built: exit code" 0 $? || tail -n 40 "$dir/build.log" >&2
is "which they are" "crossbill libcrossbill-dev" "$(for package in "$dir"/source/*_amd64.deb; do
    dpkg-deb -f "$package" Package; done | grep -v dbgsym | xargs)"
is "flags of the distribution reach the program" 1 \
    "$(grep -c -m1 -- '-D_FORTIFY_SOURCE=2 .*-c -o build/cli/main.o' "$dir/build.log")"
lintian --allow-root --fail-on error,warning --tag-display-limit 0 "$dir"/source/*.changes \
    >"$dir/lintian" 2>&1
is "lintian: exit code" 0 $?
is "lintian" "" "$(cat "$dir/lintian")"

for package in "$dir"/source/*_amd64.deb; do dpkg -x "$package" "$dir/root"; done
installed=$dir/root/usr/bin/crossbill
is "machines" "$($CROSSBILL machines)" "$(cd / && "$installed" machines)"
is "studies" "$($CROSSBILL study --list)" "$(cd / && "$installed" study --list)"
ok "a recording is made" "$installed" record null --requests 2 -o "$dir/a.xbt" >/dev/null
$CROSSBILL record null --requests 2 -o "$dir/b.xbt" >/dev/null
ok "the same as the tree's" cmp -s "$dir/a.xbt" "$dir/b.xbt"
is "a replay prints the same" "$($CROSSBILL replay "$dir/b.xbt" -m tiny | sed 1d)" \
    "$("$installed" replay "$dir/a.xbt" -m tiny | sed 1d)"

library=$dir/root/usr/lib/$(dpkg-architecture -q DEB_HOST_MULTIARCH)
flags=$(PKG_CONFIG_PATH=$library/pkgconfig pkg-config --cflags --libs crossbill)
# shellcheck disable=SC2086
ok "a program is built with the library" gcc -o "$dir/ledger" \
    "$dir/root/usr/share/doc/libcrossbill-dev/examples/ledger.c" $flags
ok "and runs" "$dir/ledger" "$dir/a.xbt" \
    "$dir/root/usr/lib/crossbill/machines/tiny.json" >/dev/null
finish
