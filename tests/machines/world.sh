# world.sh CGROUP FOLDER COMMAND...: runs a command as the first process of namespaces of its own, with everything that it starts. When the
# command ends, or whoever called closes this script's input (also by dying), nothing of it is left: processes end with their first
# process, interfaces and mounts with the last process, and the control groups and
# the folder are removed here.
cgroup=$1 folder=$2
shift 2
mkdir -p "$folder"
exec 3<&0
unshare --net --mount --pid --fork --kill-child=SIGKILL --mount-proc -- "$@" </dev/null 3<&- &
world=$!
# Whoever reads what we print may be dead: the clearing up must not die of that.
exec >/dev/null 2>&1
trap 'kill -KILL "$world"' INT TERM HUP
# Nothing of ours in it: whoever reads what the command prints would wait for this too.
{ read -r <&3; kill -KILL "$world"; } >/dev/null 2>&1 &
watcher=$!
wait "$world"
code=$?
kill "$watcher" 2>/dev/null
# A group can be removed when its last process is gone, a moment later.
for _ in {1..100}; do
  groups=$(find /sys/fs/cgroup -depth -type d \( -path "*/$cgroup" -o -path "*/$cgroup/*" \))
  [[ -n $groups ]] || break
  xargs rmdir <<<"$groups" 2>/dev/null
  sleep 0.1
done
rm -rf "$folder"
exit "$code"
