#!/bin/sh
# The kernel boots, tests itself, runs each scenario, and refuses a bad command line.
. "$(dirname "$0")/guest.inc"

for structure in l3-small l3-large; do
    for scenario in pingpong null call thread-switch fault preempt; do
        boot "$KERNEL" 486 "scenario=$scenario structure=$structure requests=30 warm_up=3"
        booted 33 "workload: done" "$scenario on $structure ends well"
    done
done
booted 33 "checks passed" "the self-test has passed"
for structure in l3-small l3-large mach spin exokernel monolithic; do
    for scenario in file compile; do
        boot "$KERNEL" 486 "scenario=$scenario structure=$structure"
        booted 33 "workload: done" "$scenario on $structure, every byte verified"
    done
done
# Each structure's denials are part of the self-test: how many checks there are is exact.
denials() {
    boot "$KERNEL" 486 "scenario=file structure=$1 requests=1 warm_up=0"
    booted 33 "self-test: $2 checks passed" "$1 denies what it should"
}
denials l3-small 220
denials l3-large 220
denials mach 244
denials spin 225
denials exokernel 230
denials monolithic 224
case $console in
*"a fault that no pager can answer ends a thread of probe-pager"*) result 0 "a fault in a pager" ;;
*) result 1 "a fault in a pager" ;;
esac
boot "$KERNEL" 486 "scenario=file structure=spin filesize=65536 files=32 transfer=4096"
booted 33 "workload: done" "files with indirect blocks"
boot "$KERNEL" 486 "chain=6 bytes=4096 domain=pong2:large:40:2 domain=ping:small:4"
booted 33 "workload: done" "a chain of six in both kinds of domain, with long messages"
for pattern in random sequential strided chase; do
    boot "$KERNEL" 486 "pattern=$pattern pages=37 lines=5 requests=9 write=100"
    booted 33 "workload: done" "pattern $pattern"
done
boot "$KERNEL" pentium "pages=900 lines=64 requests=1 warm_up=0"
booted 33 "workload: done" "the largest working set"
boot "$KERNEL" 486 "scenario=fault pages=300 lines=1 requests=2 warm_up=1"
booted 33 "workload: done" "300 faults in a row"
boot "$KERNEL" 486 "timer=20 structure=l3-large domain=pong:small"
booted 33 "workload: done" "ticks amid calls"
boot "$TWIN" 486 "structure=l3-large requests=30"
booted 33 "workload: done" "the twin runs too"

refuse() {
    boot "$KERNEL" 486 "$1"
    booted 37 "$2" "refused: $1"
}
refuse "pages=0" 'command line: pages must be a number from 1 to 900, not "0"'
refuse "pages=901" 'pages must be a number from 1 to 900, not "901"'
refuse "pages=4294967304" 'pages must be a number from 1 to 900, not "4294967304"'
refuse "pages=8x" 'pages must be a number from 1 to 900, not "8x"'
refuse "pages=" 'pages must be a number from 1 to 900, not ""'
refuse "pages" 'expected key=value, not "pages"'
refuse "page=8" 'unknown key "page"'
refuse "seed=1 seed=1" 'given twice: "seed"'
refuse "pattern=zigzag" 'pattern must be one of random sequential strided chase, not "zigzag"'

refuse "domain=ping" 'expected domain=NAME:small or large[:PAGES[:LINES]], not "ping"'
refuse "domain=ping:large:0" "domain's pages must be a number from 1 to 900, not \"0\""
refuse "domain=ping:large domain=ping:small" 'given twice: domain "ping"'
refuse "domain=pager:small:1" "domain pager visits no pages"
refuse "domain=fs:large" 'this scenario and structure have no domain "fs"'
refuse "structure=spin" "this scenario needs structure l3-small or l3-large"
boot "$KERNEL" pentium3 "sysenter=1 structure=l3-large chain=3 timer=30"
booted 33 "workload: done" "calls by sysenter, and ticks"
boot "$KERNEL" pentium3 "sysenter=1 structure=l3-large scenario=null"
booted 33 "workload: done" "null calls by sysenter"
boot "$KERNEL" pentium "sysenter=1 structure=l3-large"
booted 37 "this processor has no sysenter" "refused: sysenter on a processor without it"
refuse "sysenter=1" "sysenter needs large domains"
for structure in l3-small l3-large mach spin exokernel monolithic; do
    boot "$KERNEL" pentium "largepages=1 scenario=file structure=$structure"
    booted 33 "workload: done" "file on $structure by pages of 4 MB"
done
boot "$KERNEL" pentium "largepages=1 scenario=fault pages=300 lines=1 requests=2 warm_up=1"
booted 33 "workload: done" "faults by pages of 4 MB"
boot "$TWIN" pentium "largepages=1 structure=l3-large requests=30"
booted 33 "workload: done" "the twin by pages of 4 MB"
boot "$KERNEL" 486,pse=off "largepages=1"
booted 37 "this processor has no pages of 4 MB" "refused: 4 MB pages on a processor without"
refuse "scenario=compile files=32 filesize=65536" "there is no room for domain storage"
refuse "timer=9" "timer must be 0, or from 10 to 50000"
refuse "scenario=compile timer=100" "compile has no timer"
refuse "scenario=file transfer=100" "transfer must be a multiple of 4 that divides filesize"
refuse "scenario=file structure=l3-small files=32 filesize=65536 domain=storage:small:900:65" \
    "domain's lines must be a number from 1 to 64"

done_testing
