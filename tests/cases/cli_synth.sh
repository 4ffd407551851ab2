#!/bin/sh
# synth makes a trace that check finds nothing in; check --salvage saves the whole blocks
# of a damaged one.
. tests/tap.sh

cat >"$dir/two.json" <<'END'
{"schema_version": 1, "scenario": "two", "requests": 1000,
 "domains": [
  {"name": "kernel", "kind": "kernel", "instructions": 30, "accesses": 4, "pages": 2},
  {"name": "client", "kind": "large", "instructions": 50, "accesses": 20, "pages": 16},
  {"name": "server", "kind": "large", "instructions": 50, "accesses": 20, "pages": 16}],
 "pattern": ["client", "server", "client"]}
END
# A visit: 50 instructions, 20 accesses, a branch: 71 records. A crossing: trap, in, push
# and its store (4), the kernel's 30 + 4 + 1, the send, two instructions with an access
# each, the thread switch (5), mov cr3 and the switch (2), the receive, pop and its load,
# iret and its five loads, out (10): 57. A request: 3 visits, 2 crossings, begin and end:
# 329; a thousand of them. Before: CR3, the phase, page tables (5 per space: the kernel's
# tables and code, its data, a domain's code, its data: 4): 2 + 2 * 4 = 10.
is "how many records" "$dir/two.xbt: 329 010 records" \
    "$($CROSSBILL synth "$dir/two.json" -o "$dir/two.xbt" | tr '\302\240\054' '   ')"
is "check finds nothing" 0 "$($CROSSBILL check -q "$dir/two.xbt"; echo $?)"
$CROSSBILL synth - -o "$dir/again.xbt" <"$dir/two.json" >/dev/null
ok "the same twice, from standard input too" cmp -s "$dir/two.xbt" "$dir/again.xbt"

sed 's/"pages": 16/"page": 16/' "$dir/two.json" >"$dir/slip.json"
refuses "a slip in a description" 2 \
    "crossbill: $dir/slip.json: at domains[1].page: this member is unknown" \
    $CROSSBILL synth "$dir/slip.json" -o "$dir/slip.xbt"
ok "no trace is left of it" test ! -e "$dir/slip.xbt"

size=$(stat -c %s "$dir/two.xbt")
head -c $((size / 2)) "$dir/two.xbt" >"$dir/cut.xbt"
$CROSSBILL check --salvage "$dir/saved.xbt" "$dir/cut.xbt" >"$dir/out"
is "salvage of a cut trace: exit code" 1 $?
ok "it says that the end is missing" grep -q "and an unknown number at the end" "$dir/out"
ok "what is saved can be read" $CROSSBILL info "$dir/saved.xbt" >/dev/null
$CROSSBILL check --salvage "$dir/saved.xbt" "$dir/two.xbt" >/dev/null
is "salvage of a whole trace: exit code" 0 $?
ok "it comes out as it was" cmp -s "$dir/two.xbt" "$dir/saved.xbt"
finish
