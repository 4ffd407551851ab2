#!/bin/sh
# The library as others use it: installed, found with pkg-config, linked by a program that
# reads a trace, replays it and prints the ledger.
. tests/tap.sh

ok "make install" env -u MAKEFLAGS make -s install DESTDIR="$dir/at" prefix=/opt/x >/dev/null
mv "$dir/at/opt/x" "$dir/moved"
export PKG_CONFIG_PATH="$dir/moved/lib/pkgconfig"
is "the version" "$($CROSSBILL --version)" "crossbill $(pkg-config --modversion crossbill)"

# Each public header stands by itself, in C11 without extensions of ours.
strict="-std=c11 -Wall -Wextra -Wconversion -Wstrict-prototypes -Werror"
cd "$dir/moved/include/crossbill" || exit 1
for header in */*.h; do
    echo "#include <$header>" >"$dir/one.c"
    # shellcheck disable=SC2046
    ok "$header by itself" ${CC:-gcc} $strict -c -o "$dir/one.o" "$dir/one.c" \
        $(pkg-config --cflags crossbill)
done
cd "$OLDPWD" || exit 1

# shellcheck disable=SC2046
ok "the example compiles" ${CC:-gcc} $strict -o "$dir/ledger" \
    "$dir/moved/share/doc/crossbill/ledger.c" $(pkg-config --cflags --libs crossbill)

# The machine tiny: 1 cycle an instruction, 10 a walk, 5 an access to memory. The fetch and
# the load each miss in the TLB and in the cache: 1 + 2 * (10 + 5). The second instruction
# and its load are there by then: 1 more.
printf '2 400000\n0 1000\n2 400004\n0 1004\n' >"$dir/a.din"
$CROSSBILL import din "$dir/a.din" -o "$dir/a.xbt" >/dev/null 2>&1
is "the ledger" "program work 32000
total 32000" "$("$dir/ledger" "$dir/a.xbt" "$dir/moved/lib/crossbill/machines/tiny.json")"

refuses "a trace that is not there" 4 \
    "ledger: $dir/none.xbt: cannot open: No such file or directory" \
    "$dir/ledger" "$dir/none.xbt" "$dir/moved/lib/crossbill/machines/tiny.json"
finish
