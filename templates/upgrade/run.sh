
# --- The run

stopped=''
require_cluster
plan
read_tree
read_state
stopped=$(changed stop 3)
read_status || stop "the Kubernetes API does not answer" "$(tail -n 1 "$work/kubectl.log")"

echo "Cluster $cluster, Kubernetes $kubernetes:"
show_status
if [[ -s $work/changes ]]; then
  echo "Terraform:"
  awk -F '\t' '{ printf "  %-8s %s\n", $1, $2 }' "$work/changes"
elif ! awk -F '\t' '$3 == "behind" || $3 == "booting" { exit 1 }' "$work/status"; then
  echo "Terraform: no changes"
else
  settled || stop "nothing is behind, but not ready:$waiting_for" "$(look_at "$waiting_for")"
  echo "Nothing is behind."
  exit
fi
[[ $list == false ]] || exit 2

check_versions
check_deletions
check_backup
# A control plane that is broken can be replaced, but only if all others are ready. Terraform starts nodes that are off.
broken=$(for name in $(behind control_plane); do is_ready "$name" || echo "$name"; done | sed -n 1p)
# shellcheck disable=SC2046,SC2086 # a word for each machine
wait_until_settled $broken $(changed start 3)

for name in $(changed delete 3); do
  drain "$name"
  delete_node "$name"
done
if [[ -n $stopped ]]; then
  # What does not depend on the machines that have to be stopped comes first. They come one by one.
  only=()
  for address in $(changed 'create|update|start' 2 | grep -v google_compute_instance_group_membership); do
    only+=("-target=$address")
  done
  if [[ -n ${only[*]:-} ]]; then
    plan "${only[@]}"
    if [[ -z $(changed 'stop|delete|replace' 2) ]]; then
      say "applying what stops no machine"
      apply
    fi
  fi
elif [[ -s $work/changes ]]; then
  say "applying the plan"
  apply
fi

for name in $(behind control_plane); do
  # A good control plane may go only while all others are good.
  if is_ready "$name"; then
    wait_until_settled
  fi
  [[ $(jq length <<<"$machines") == 1 ]] || drain "$name"
  replace "$name"
done
wait_until_settled

for group in $(jq -r '.[1:][].name' <<<"$groups"); do
  while true; do
    batch=$(behind "$group" | awk -v most="$max_unavailable" 'NR <= most')
    [[ -n $batch ]] || break
    # shellcheck disable=SC2086 # a word for each machine
    wait_until_settled $batch
    for name in $batch; do
      drain "$name"
      delete_node "$name"
    done
    # shellcheck disable=SC2086
    replace $batch
  done
done

wait_until_settled
kept=$(kept_behind)
[[ -z $kept ]] || stop "these keep their boot disks, and Google creates no machine of the same name beside a disk of that name:" "$kept" \
  "Set disk.keep to false, then render, apply, and print this script again. Or delete machine and disk by hand, then apply."
plan
if [[ -s $work/changes ]]; then
  [[ -z $(changed 'stop|replace' 2) ]] || stop "Terraform has to stop or replace:" "$(changed 'stop|replace' 2)" "Run this again."
  say "applying the rest"
  apply
  wait_until_settled
fi
proxy=$(api --namespace kube-system get daemonset kube-proxy --ignore-not-found --output 'jsonpath={.spec.template.spec.containers[0].image}')
[[ -z $proxy || $proxy == *":v$kubernetes" ]] || stop "kube-proxy is still $proxy" "On a control plane: sudo /usr/local/sbin/cluster-addons"
say "done: every machine is up to date"
