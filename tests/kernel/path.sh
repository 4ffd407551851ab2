#!/bin/sh
# The path: the twin's is the same, the null call and short IPC are as short as they
# should be, and every instruction of the kernel lies in a region.
. "$(dirname "$0")/guest.inc"
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

for image in "$KERNEL" "$TWIN"; do
    name=$(basename "$image")
    objcopy -O binary -j .text "$image" "$scratch/$name.text"
    objcopy -O binary -j .data "$image" "$scratch/$name.data"
    nm "$image" >"$scratch/$name.symbols"
done
a=$scratch/$(basename "$KERNEL")
b=$scratch/$(basename "$TWIN")
[ -s "$a.text" ] && cmp -s "$a.text" "$b.text"
result $? "the twin's text is the same, byte for byte"
cmp -s "$a.data" "$b.data"
result $? "the twin's data are the same"
grep -v instrument "$a.symbols" >"$scratch/1"
grep -v instrument "$b.symbols" >"$scratch/2"
cmp -s "$scratch/1" "$scratch/2"
result $? "every symbol of the twin is at the same address"
objdump -h "$TWIN" | grep -q '\.crossbill'
[ $? -ne 0 ]
result $? "the twin has no notes"
notes=$(objdump -h "$KERNEL" | awk '$2 == ".crossbill" { print ("0x" $3) + 0 }')
objdump -h "$KERNEL" | grep -A1 '\.crossbill' | grep -q ALLOC
[ $? -ne 0 ]
result $? "the kernel's notes are never loaded"

for program in root probe ping pong busy app_l3 app_mach app_trap app_exo fs storage \
    fs_mach storage_mach; do
    for image in build/kernel/$program.image build/kernel/twin/$program.image; do
        tail -c +4097 "$image" >"$scratch/$(dirname "$image" | tr / _).program"
    done
    cmp -s "$scratch/build_kernel.program" "$scratch/build_kernel_twin.program"
    result $? "the twin's program $program is the same behind its first page"
done

# Instructions from a symbol to the first iret, both included.
objdump -d --no-show-raw-insn "$KERNEL" >"$scratch/code"
until_iret() {
    awk -v from="<$1>:" '$2 == from { on = 1; next }
        on && /^c/ && $1 ~ /:$/ { n++; if ($2 == "iret") { print n; exit } }' \
        "$scratch/code"
}
# Null call: int, test, jnz (not taken), iret.
[ "$(until_iret enter_kernel_call)" = 3 ]
result $? "the null call is 4 instructions with its int"
for path in ipc_call ipc_reply_wait; do
    within=$(until_iret enter_$path)
    other=$(until_iret switch_space_iret)
    window=$(until_iret switch_window_iret)
    echo "# $path: at most $within instructions, $other more with CR3, $window with segments"
    [ -n "$within" ] && [ -n "$other" ] && [ -n "$window" ] &&
        [ $((1 + within + other)) -lt 60 ] && [ $((1 + within + window)) -lt 60 ]
    result $? "$path is under 60 instructions one way"
done

done_testing
