
usage() {
  cat <<'END'
usage: upgrade.sh [OPTION...]

  --dir DIR                where Terraform runs (default: the current directory)
  --list                   show what is pending, change nothing; exit status 2 if anything is
  --all                    replace every machine, for the newest image of its family
  --created-before TIME    replace every machine created before TIME, for example 2026-11-28T10:00:00Z
  --max-unavailable N      nodes of a pool that are replaced at the same time (default: 1)
  --allow-deletions        delete what the description no longer has; nodes are drained before
  --force                  also evict pods without a controller, which are lost
  --without-backup         go on although etcd has never been backed up
  --drain-timeout SECONDS  for the eviction of a machine's pods (default: 600)
  --timeout SECONDS        for a machine to come back (default: 1200)

KUBECONFIG must lead to the API of this cluster, by a way that outlives each control plane.
END
}

say() { echo "$(date -u +%H:%M:%S) $*"; }

# stop TEXT [LINES...]: ends the run. What is done stays done.
stop() {
  printf '\nSTOPPED: %s\n' "$1" >&2
  shift
  [[ $# == 0 ]] || printf '%s\n' "$@" | sed 's/^/  /' >&2
  exit 1
}

resume="When the cause is fixed, run this again: it goes on where it stopped."
dir=. list=false created_before='' max_unavailable=1 deletions=false force=false without_backup=0 drain_timeout=600 timeout=1200
while [[ $# != 0 ]]; do
  case $1 in
  --list) list=true ;;
  --all)
    created_before=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    resume="When the cause is fixed, run this again with --created-before $created_before in place of --all: it goes on where it stopped."
    ;;
  --allow-deletions) deletions=true ;;
  --force) force=true ;;
  --without-backup) without_backup=1 ;;
  --dir | --created-before | --max-unavailable | --drain-timeout | --timeout)
    [[ $# != 1 ]] || stop "$1 needs a value"
    case $1 in
    --dir) dir=$2 ;;
    --created-before) created_before=$2 ;;
    --max-unavailable) max_unavailable=$2 ;;
    --drain-timeout) drain_timeout=$2 ;;
    --timeout) timeout=$2 ;;
    esac
    shift
    ;;
  --help) usage && exit ;;
  *) usage >&2 && exit 1 ;;
  esac
  shift
done
for number in "$max_unavailable" "$drain_timeout" "$timeout"; do
  [[ $number =~ ^[1-9][0-9]*$ ]] || stop "$number is not a valid number"
done
[[ -z $created_before || $created_before =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$ ]] ||
  stop "$created_before is not a valid time" "Write it as 2026-11-28T10:00:00Z."

for tool in kubectl jq; do
  command -v "$tool" >/dev/null || stop "$tool is not installed"
done
terraform=$(command -v terraform || command -v tofu) || stop "neither terraform nor tofu is installed"
cd "$dir"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

members() { jq -r --arg group "$1" '.[] | select(.group == $group).name' <<<"$machines"; }
of_machine() { jq -r --arg name "$1" --arg key "$2" '.[] | select(.name == $name)[$key]' <<<"$machines"; }
keeps_disk() { jq -e --arg group "$(of_machine "$1" group)" 'any(.[]; .name == $group and .keeps_disk)' <<<"$groups" >/dev/null; }
