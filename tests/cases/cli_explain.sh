#!/bin/sh
# explain: the null call's instructions and their costs, to the last one; the listing of
# any path costs what the ledger says is explicit.
. tests/tap.sh

$CROSSBILL record null --requests 5 --warm-up 3 -o "$dir/null.xbt" >/dev/null
# Bytes of addresses may change with the kernel; instructions, costs and parts may not.
is "the null call on the 486" \
    "xor eax, eax 1 binding
int 0x30 71 border
test eax, eax 1 kernel_path
jnz 1 kernel_path
iretd 36 border
ret 5 binding" \
    "$($CROSSBILL explain "$dir/null.xbt" -m i486-50 | grep '^  [0-9a-f]\{8\} ' |
        sed 's/^  [0-9a-f]*  //; s/ 0x[0-9A-F]\{8\}//; s/  */ /g')"
is "its bill" "  border       107  the trap into the kernel and the return from it
  kernel path    2  the kernel's instructions between them
  binding        6  stubs, dispatch, guards, ports" \
    "$($CROSSBILL explain "$dir/null.xbt" -m i486-50 | sed -n '4,6p')"
is "on the Pentium, what the listing leaves out" \
    "  (each instruction alone; the bill has them in pairs, where the second adds
  only what it takes longer than the first)" \
    "$($CROSSBILL explain "$dir/null.xbt" -m pentium-100 | tail -n 2)"
is "the first crossing of the trace is cold" "Crossing 1" \
    "$($CROSSBILL explain "$dir/null.xbt" -m i486-50 --crossing 1 |
        sed -n '1s/ of .*//p')"

for structure in l3-small l3-large; do
    t=$dir/$structure.xbt
    $CROSSBILL record pingpong --structure $structure --pages 2 --requests 20 -o "$t" \
        >/dev/null
    for kind in ipc_call ipc_reply; do
        $CROSSBILL explain "$t" -m i486-50 --kind $kind >"$dir/out"
        explicit=$(sed -n 's/.* cycles: \([0-9]*\) explicit, .*/\1/p' "$dir/out")
        listed=$(tail -n 1 "$dir/out" | tr -d ' ')
        is "$structure, $kind: listed is what is explicit" "$explicit" "$listed"
    done
done

refuses "a crossing that is not there" 2 \
    "crossbill: $dir/null.xbt: the trace has no such crossing" \
    $CROSSBILL explain "$dir/null.xbt" -m tiny --crossing 9
refuses "a kind with a slip" 2 \
    "crossbill explain: there is no kind 'ipc_cal' of crossing; did you mean 'ipc_call'?
Try \`crossbill explain --help' or \`crossbill explain --usage' for more
information." $CROSSBILL explain "$dir/null.xbt" -m tiny --kind ipc_cal
finish
