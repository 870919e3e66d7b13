# power.sh NETWORK CGROUP PID COMMAND...: powers a machine on, in the network namespace of process NETWORK and a control group of its own.
# Writes its own id to the file PID: the machine's first process is its child.
set -eu
network=$1 cgroup=$2 pid=$3
shift 3
for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/*/; do
  [[ -e $hierarchy/cgroup.procs ]] || continue
  mkdir -p "$hierarchy/$cgroup"
  parent=$(dirname "$hierarchy/$cgroup")
  # cpuset: a group may use what its parent may, once it is told so.
  for setting in cpuset.cpus cpuset.mems; do
    for group in "$parent" "$hierarchy/$cgroup"; do
      [[ ! -e $group/$setting || -e $group/cgroup.controllers ]] || cat "$hierarchy/$setting" >"$group/$setting"
    done
  done
  # cgroup v2: what a group may use is for its parents to say.
  if [[ -e $parent/cgroup.controllers && $hierarchy == /sys/fs/cgroup ]]; then
    for group in "$hierarchy" "$parent"; do
      for controller in $(<"$group/cgroup.controllers"); do echo "+$controller" >"$group/cgroup.subtree_control" || true; done
    done
  fi
  echo 0 >"$hierarchy/$cgroup/cgroup.procs"
done
echo $$ >"$pid"
exec nsenter --net --target "$network" unshare --mount --uts --ipc --cgroup --pid --fork --kill-child=SIGKILL "$@"
