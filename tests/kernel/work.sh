#!/bin/sh
# Work is the same in all structures: wherever a service's code is linked, it is the same
# instructions, and it calls nothing but service_call() and itself.
. "$(dirname "$0")/guest.inc"
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
B=build/kernel

# The instructions of one function of an image, without addresses.
instructions() {
    set -- "$1" $(nm -S "$1" | awk -v f="$2" '$4 == f { print "0x" $1, "0x" $2; exit }')
    [ $# -eq 3 ] || return
    objdump -d --no-show-raw-insn --start-address="$2" --stop-address="$(($2 + $3))" \
        "$1" | sed -nE '/^ *[0-9a-f]+:\t/{
        s/^ *[0-9a-f]+:\t//; s/<[^>]*>//g; s/0x[0-9a-f]+|\b[0-9a-f]{5,8}\b/A/g; s/ +$//; p; }'
}

# same_in FUNCTION FIRST-IMAGE IMAGE...
same_in() {
    function=$1
    instructions "$2" "$function" >"$scratch/first"
    shift 2
    right=0
    [ "$(wc -l <"$scratch/first")" -ge 3 ] || right=1
    for image in "$@"; do
        instructions "$image" "$function" >"$scratch/other"
        cmp -s "$scratch/first" "$scratch/other" || right=1
    done
    result $right "$function is the same wherever it runs"
}

for function in fs_serve cache_read file_read file_write block_at inode_allocate; do
    same_in $function $B/fs.elf $B/fs_mach.elf $B/app_exo.elf "$KERNEL"
done
same_in storage_serve $B/storage.elf $B/storage_mach.elf "$KERNEL"
for function in visit set_up request verify work; do
    same_in $function $B/app_l3.elf $B/app_mach.elf $B/app_trap.elf $B/app_exo.elf
done

ld -m elf_i386 -r -o "$scratch/services.o" $B/kernel-trace/services/fs.o \
    $B/kernel-trace/services/fs_cache.o $B/kernel-trace/services/fs_file.o \
    $B/kernel-trace/services/storage.o
[ "$(nm -u "$scratch/services.o" | tr -d ' U\n')" = service_call ]
result $? "services need service_call() and nothing else"

done_testing
