#!/bin/sh
# A sweep as an array job on Slurm: one controller and one node on the loopback, a
# directory of their own. One task is killed and must come back; the merged report must
# be that of one computer.
. tests/tap.sh

user=$(id -un)
host=$(hostname)
conf=$dir/slurm.conf
daemons=
stop_daemons()
{
    for daemon in $daemons; do
        kill "$daemon" 2>/dev/null
    done
    for daemon in $daemons; do
        wait "$daemon" 2>/dev/null
    done
    rm -rf "$dir"
}
trap stop_daemons EXIT
trap 'exit 130' INT TERM

# within SECONDS COMMAND...: wait until it succeeds.
within()
{
    tries=$(($1 * 5))
    shift
    until "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        test "$tries" -gt 0 || return 1
        sleep 0.2
    done
}

# ---- the daemons ----
start_daemons()
{
    mkdir "$dir/state" "$dir/spool" "$dir/munge"
    chmod 711 "$dir" "$dir/munge"
    (umask 077 && head -c 128 /dev/urandom >"$dir/munge/key")
    munged --foreground --key-file "$dir/munge/key" --socket "$dir/munge/socket" \
        --pid-file "$dir/munge/pid" --log-file "$dir/munge/log" \
        --seed-file "$dir/munge/seed" >"$dir/munge/out" 2>&1 &
    daemons="$daemons $!"
    cat >"$conf" <<END
ClusterName=crossbill
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$dir/munge/socket,cred_expire=5
CredType=cred/munge
SlurmctldPort=26817
SlurmdPort=26818
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.log
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SchedulerParameters=batch_sched_delay=1,sched_interval=2
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=10 State=UP
END
    within 10 test -S "$dir/munge/socket" || return 1
    slurmctld -D -c -f "$conf" >/dev/null 2>&1 &
    daemons="$daemons $!"
    slurmd -D -f "$conf" >/dev/null 2>&1 &
    daemons="$daemons $!"
    within 20 node_is_idle
}
node_is_idle()
{
    test "$(sinfo -h -o %T)" = idle
}
SLURM_CONF=$conf
export SLURM_CONF

if ! start_daemons; then
    tail -n 5 "$dir"/*.log "$dir/munge/out" "$dir/munge/log" | sed 's/^/# /'
    ok "Slurm starts" false
    finish
    exit 1
fi
ok "Slurm starts" true

# ---- the sweep ----
# 160 geometries of a TLB that is no stack algorithm: 160 replays, 40 for each task.
$CROSSBILL record pingpong --structure l3-large --pages 8 --requests 200 \
    -o "$dir/t.xbt" >/dev/null
sweep()
{
    $CROSSBILL sweep "$dir/t.xbt" -m i486-50 -v tlb.tlb.entries=4..640:+4 "$@"
}
ok "the sweep on one computer" sweep --report "$dir/one.db"
(cd "$dir" && "$OLDPWD/$CROSSBILL" sweep t.xbt -m i486-50 -v tlb.tlb.entries=4..640:+4 \
    --slurm 4 --report many.db) >"$dir/answer"
is "an array job and a merge are submitted" 0 $?
array=$(sed -n 's/^array job \([0-9]*\), merge job [0-9]*$/\1/p' "$dir/answer")

# Kill the program of task 2, in the midst of its work: its first points are in its file.
victim=
find_victim()
{
    test -s "$dir/many.db.slurm/shard-2.db" || return 1
    for process in /proc/[0-9]*; do
        cat "$process/cmdline" 2>/dev/null | tr '\0' ' ' |
            grep -q "^[^ ]*crossbill sweep .*--shard 2/4.*$dir/" || continue
        victim=${process#/proc/}
        return 0
    done
    return 1
}
within 60 find_victim
ok "task 2 is at work" test -n "$victim"
ok "task 2 is killed" kill -KILL "$victim"

no_jobs()
{
    test -z "$(squeue -h)"
}
ok "all jobs end" within 120 no_jobs
is "task 2 was put back into the queue once" 1 \
    "$(scontrol show job "${array}_2" | sed -n 's/.*Restarts=\([0-9]*\).*/\1/p')"
is "all tasks completed" "4" \
    "$(scontrol show job "$array" | grep -c 'JobState=COMPLETED')"
$CROSSBILL report "$dir/one.db" --format json >"$dir/one.json"
$CROSSBILL report "$dir/many.db" --format json | cmp -s - "$dir/one.json"
is "the merged report is that of one computer" 0 $?
test "$tap_failed" -eq 0 ||
    tail -n 3 "$dir"/*.log "$dir"/many.db.slurm/*.log | sed 's/^/# /'

finish
