#!/bin/sh
# sweep --slurm: the scripts to the letter, what sbatch is called with, and what is said
# when it fails. A program in the place of sbatch notes how it was called; that the
# scripts do on a real Slurm what they should is seen by make check-slurm.
. tests/tap.sh

program=$(realpath "$CROSSBILL")
at=$(realpath "$dir")
$CROSSBILL record null --requests 3 -o "$at/n.xbt" >/dev/null
mkdir "$at/bin"
cat >"$at/bin/sbatch" <<'END'
#!/bin/sh
echo "$@" >>"$(dirname "$0")/calls"
test ! -e "$(dirname "$0")/refuse" || exit 1
echo "$(wc -l <"$(dirname "$0")/calls");a-cluster"
END
chmod +x "$at/bin/sbatch"
sweep()
{
    (cd "$at" && PATH="$at/bin:$PATH" "$program" sweep n.xbt -m tiny \
        -s memory.latency=7 -v walk.cycles=1..4 --slurm 2 "$@")
}

is "what is said" "$at/it's 5 %.db.slurm/shards.sh
$at/it's 5 %.db.slurm/merge.sh
array job 1, merge job 2" "$(sweep --report "it's 5 %.db")"
scripts="$at/it's 5 %.db.slurm"
is "sbatch is called" "--parsable $scripts/shards.sh
--parsable --dependency=afterok:1 --kill-on-invalid-dep=yes $scripts/merge.sh" \
    "$(cat "$at/bin/calls")"
is "the array job" "#!/bin/sh
# A sweep in 2 shards, by crossbill sweep --slurm.
#SBATCH --job-name=crossbill-sweep
#SBATCH --array=1-2
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=\"$at/it's 5 %%.db.slurm/shard-%a.log\"
shard=\$SLURM_ARRAY_TASK_ID
'$program' sweep --resume \\
    --machine 'tiny' \\
    --set 'memory.latency=7' \\
    --vary 'walk.cycles=1..4' \\
    --threads \"\${SLURM_CPUS_PER_TASK:-1}\" --shard \"\$shard/2\" \\
    --report '$at/it'\\''s 5 %.db.slurm'/shard-\"\$shard\".db \\
    -- \\
    '$at/n.xbt'
code=\$?
# Killed: back into the queue, a few times; the points that it has stay.
if test \"\$code\" -gt 128 && test \"\${SLURM_RESTART_COUNT:-0}\" -lt 5; then
    scontrol requeue \"\${SLURM_ARRAY_JOB_ID}_\$shard\" && sleep 60
fi
exit \"\$code\"" "$(cat "$scripts/shards.sh")"
is "the merge" "#!/bin/sh
# Put the shards together, by crossbill sweep --slurm.
#SBATCH --job-name=crossbill-merge
#SBATCH --open-mode=append
#SBATCH --output=\"$at/it's 5 %%.db.slurm/merge.log\"
set --
for shard in \$(seq 2); do
    set -- \"\$@\" '$at/it'\\''s 5 %.db.slurm'/shard-\"\$shard\".db
done
exec '$program' merge -- '$at/it'\\''s 5 %.db' \"\$@\"" "$(cat "$scripts/merge.sh")"
ok "shellcheck finds nothing" shellcheck "$scripts/shards.sh" "$scripts/merge.sh"

# The scripts run without Slurm as well, given what it sets.
for task in 1 2; do
    SLURM_ARRAY_TASK_ID=$task sh "$scripts/shards.sh"
    is "task $task" 0 $?
done
sh "$scripts/merge.sh"
is "the merge job" 0 $?
is "all points are in the report" "4|done" \
    "$(sqlite3 "$at/it's 5 %.db" "select count(*), state from sweep_points
        join sweeps using (sweep)")"

# A task that is killed (137 = 128 + SIGKILL) goes back into the queue, five times.
printf '#!/bin/sh\necho "$@" >>"%s/requeued"\n' "$at" >"$at/bin/scontrol"
printf '#!/bin/sh\n' >"$at/bin/sleep"
chmod +x "$at/bin/scontrol" "$at/bin/sleep"
sed "s|^'$program' sweep|sh -c 'kill -KILL \$\$' sweep|" "$scripts/shards.sh" >"$at/killed.sh"
task()
{
    env PATH="$at/bin:$PATH" SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_JOB_ID=7 \
        SLURM_RESTART_COUNT="$1" sh "$at/killed.sh" 2>/dev/null
}
task 4
is "a killed task: exit code" 137 $?
is "a killed task: asks for another run" "requeue 7_2" "$(cat "$at/requeued")"
rm "$at/requeued"
task 5
ok "a killed task: not for ever" test ! -e "$at/requeued"

touch "$at/bin/refuse"
sweep --report r.db >/dev/null 2>"$at/err"
is "sbatch fails: exit code" 4 $?
is "sbatch fails: sentence" \
    "crossbill: $at/r.db.slurm/shards.sh: sbatch did not take the job: it failed; the script is ready" \
    "$(cat "$at/err")"
is "--no-submit only writes" "$at/q.db.slurm/shards.sh
$at/q.db.slurm/merge.sh" "$(sweep --report q.db --no-submit)"

finish
