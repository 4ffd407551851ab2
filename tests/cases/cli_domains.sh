#!/bin/sh
# record --domain chooses a domain's kind and size; NAME=KIND and NAME:KIND are the same.
. tests/tap.sh

record() { $CROSSBILL record file --structure l3-small --requests 1 --warm-up 0 "$@" >/dev/null; }
kind_of() { $CROSSBILL info "$dir/a.xbt" | awk -v d="$1" '$2 == d { print $3 }'; }

ok "a mixture is recorded" record --domain fs=small:8 --domain app=large:20 -o "$dir/a.xbt"
is "the application is large" large "$(kind_of app)"
is "the file server is small" small "$(kind_of fs)"
record --domain fs:small:8 --domain app:large:20 -o "$dir/b.xbt"
ok "both ways of writing it give the same trace" cmp -s "$dir/a.xbt" "$dir/b.xbt"
finish
