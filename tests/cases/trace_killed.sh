#!/bin/sh
# A process that writes a trace is killed at some moment or other: the trace is there whole
# or not at all, and the command run again gives what it would have given.
. tests/tap.sh

cat >"$dir/two.json" <<'END'
{"schema_version": 1, "scenario": "two", "requests": 60000,
 "domains": [
  {"name": "kernel", "kind": "kernel", "instructions": 30, "accesses": 4, "pages": 2},
  {"name": "client", "kind": "large", "instructions": 50, "accesses": 20, "pages": 16},
  {"name": "server", "kind": "large", "instructions": 50, "accesses": 20, "pages": 16}],
 "pattern": ["client", "server", "client"]}
END
$CROSSBILL synth "$dir/two.json" -o "$dir/whole.xbt" >/dev/null
mkdir "$dir/out"
half=0
for moment in 0.01 0.02 0.03 0.04 0.05 0.06 0.08 0.1 0.13 0.16; do
    timeout -s KILL $moment $CROSSBILL synth "$dir/two.json" -o "$dir/out/t.xbt" \
        >/dev/null 2>&1
    if test -e "$dir/out/t.xbt"; then
        cmp -s "$dir/whole.xbt" "$dir/out/t.xbt" || half=$((half + 1))
        rm "$dir/out/t.xbt"
    fi
done
is "traces that stand half-written" 0 $half
$CROSSBILL synth "$dir/two.json" -o "$dir/out/t.xbt" >/dev/null
ok "the command run again gives the same" cmp -s "$dir/whole.xbt" "$dir/out/t.xbt"
rm "$dir/out/t.xbt"

# A reader that stops listening ends an export, and nothing else happens.
$CROSSBILL export din "$dir/whole.xbt" | head -n 1 >"$dir/first"
is "an export cut by its reader" "2 4000000" "$(cat "$dir/first")"

# An unwritable place is named at once.
refuses "an output in a folder that is not there" 4 \
    "crossbill: $dir/none/t.xbt: cannot write: No such file or directory" \
    $CROSSBILL synth "$dir/two.json" -o "$dir/none/t.xbt"
finish
