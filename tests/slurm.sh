#!/usr/bin/env bash
# A real scheduler runs a sweep as an array job on this machine: one task is killed with -9, one is requeued, and the merged
# shards are, byte for byte, the sweep without shards. Needs Debian's slurmctld, slurmd, slurm-client and munge, and root
# (munged and slurmd insist); starts them by hand with files and ports of its own, and ends them.
#
#   tests/slurm.sh [path of handover]
set -euo pipefail
cd "$(dirname "$0")/.."
export HANDOVER=${1:-$PWD/target/release/handover}
test -x "$HANDOVER" || { echo "there is no $HANDOVER: cargo build --release" >&2; exit 1; }

dir=$(mktemp -d)
chmod 755 "$dir"
mkdir -p "$dir"/{munge,state,spool}
host=$(hostname -s)
pids=()
finish() {
  status=$?
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  if [ $status = 0 ]; then rm -rf "$dir"; else echo "failed; see $dir" >&2; fi
}
trap finish EXIT

# The processes of the scheduler, all of them in the foreground of this script.
dd if=/dev/urandom of="$dir/munge/key" bs=1024 count=1 status=none
chmod 700 "$dir/munge"; chmod 400 "$dir/munge/key"
munged --foreground --force --key-file="$dir/munge/key" --socket="$dir/munge.socket" --pid-file="$dir/munge/pid" \
  --seed-file="$dir/munge/seed" --log-file="$dir/munge/log" 2> "$dir/munged.err" & pids+=($!)
cat > "$dir/slurm.conf" <<CONF
ClusterName=one
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=1
SlurmctldPidFile=$dir/ctld.pid
SlurmdPidFile=$dir/slurmd.pid
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldLogFile=$dir/ctld.log
SlurmdLogFile=$dir/slurmd.log
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$dir/slurm.conf
until [ -S "$dir/munge.socket" ]; do sleep 0.1; done
slurmctld -D -c 2> "$dir/ctld.err" & pids+=($!)
slurmd -D -c -N "$host" 2> "$dir/slurmd.err" & pids+=($!)
for _ in $(seq 60); do
  [ "$(sinfo -h -o %T 2>/dev/null)" = idle ] && break
  sleep 1
done
sinfo

# The sweep without shards, and the same as an array of eight.
cp tests/errors/base.toml "$dir/base.toml"
sweep=("$dir/base.toml" --vary pool.in-house.agents=2..9/8 --vary max_contacts=1..8/8 --reps "${REPS:-1500}")
"$HANDOVER" sweep "${sweep[@]}" -o "$dir/alone" -q > /dev/null
job=$(sbatch --parsable --array=1-8 --output="$dir/task-%a.log" docs/sweep.sbatch "${sweep[@]}" -o "$dir/shards")
journal() { echo "$dir/shards/shard-$1-of-8/journal"; }
size() { stat -c %s "$(journal "$1")" 2>/dev/null || echo 0; }
started() { until [ "$(size "$1")" -gt 20000 ]; do sleep 0.05; done; }

# One task is killed with -9 and submitted again, another is requeued by the scheduler.
started 1
scancel --signal=KILL --full "${job}_1"
started 2
scontrol requeue "${job}_2"
echo "task 1 killed with $(size 1) bytes, task 2 requeued with $(size 2) bytes in its journal"
until [ -z "$(squeue -h -r -j "$job" -o %A)" ]; do sleep 1; done
if "$HANDOVER" merge "$dir/shards" -q 2> "$dir/gap"; then echo "a gap was not refused" >&2; exit 1; fi
cat "$dir/gap"
kept=$(size 1)
sbatch --wait --parsable --array=1-8 --output="$dir/again-%a.log" docs/sweep.sbatch "${sweep[@]}" -o "$dir/shards"
[ "$(size 1)" -gt "$kept" ] || { echo "task 1 did not go on" >&2; exit 1; }

"$HANDOVER" merge "$dir/shards" > /dev/null
for file in design.csv points.csv; do cmp "$dir/alone/$file" "$dir/shards/$file"; done
# The manifests name the same command, the directory being no part of it.
cmp "$dir/alone/run.json" "$dir/shards/run.json"
echo "eight shards under Slurm: the same bytes ($(wc -l < "$dir/alone/points.csv") lines)"
