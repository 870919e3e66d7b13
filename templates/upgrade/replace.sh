
# --- Replacing machines

# drain NAME: moves its pods to other machines. Load balancers stop sending to it before.
drain() {
  local options=(--ignore-daemonsets --delete-emptydir-data "--timeout=${drain_timeout}s")
  [[ $force == false ]] || options+=(--force)
  if ! jq -e --arg name "$1" 'any(.items[]; .metadata.name == $name and any(.status.conditions[]?; .type == "Ready" and .status == "True"))' "$work/nodes.json" >/dev/null; then
    say "$1 is not ready: its pods cannot be evicted"
    return
  fi
  say "draining $1"
  api label node "$1" node.kubernetes.io/exclude-from-external-load-balancers=true --overwrite >/dev/null
  kubectl drain "$1" "${options[@]}" || stop "$1 is not drained" \
    "What is left on it: kubectl get pods --all-namespaces --field-selector spec.nodeName=$1" \
    "A PodDisruptionBudget may forbid an eviction, or a pod has no controller (see --force)." \
    "$resume" "To leave it as it is: kubectl uncordon $1; kubectl label node $1 node.kubernetes.io/exclude-from-external-load-balancers-"
  sleep 5
}

# A new machine would find the Node as it is, cordoned, and could not join while it counts as ready.
delete_node() {
  api delete node "$1" --ignore-not-found --timeout=15s >/dev/null || stop "the Node $1 is not deleted" "$resume"
}

# stops_others NAME...: whether the plan stops or deletes anything but these machines.
stops_others() {
  awk -F '\t' -v except=" $* " '$1 ~ /^(stop|delete|replace)$/ && !index(except, " " $3 " ") { found = 1 } END { exit !found }' "$work/changes"
}

# replace NAME...: where Terraform would stop other machines as well, it is limited to these.
replace() {
  local name address options=() only=()
  for name; do
    address=$(address_of "$name")
    options+=("-replace=$address")
    only+=("-target=$address" "-target=${address/google_compute_instance./google_compute_instance_group_membership.}")
  done
  plan "${options[@]}"
  if stops_others "$@"; then
    plan "${options[@]}" "${only[@]}"
    ! stops_others "$@" || stop "Terraform cannot replace $* alone:" "$(changed 'stop|delete|replace' 2)" "Review the plan, and apply it by hand."
  fi
  say "replacing $*"
  apply
  for name; do
    stopped=$(grep -vx "$name" <<<"$stopped" || true)
  done
  wait_until_back "$@"
}

# wait_until_back NAME...: until they are ready and no longer behind.
wait_until_back() {
  local start=$SECONDS missing
  while true; do
    missing=' the API'
    if read_status; then
      missing=$(awk -F '\t' -v names=" $* " 'index(names, " " $1 " ") && $3 != "ready" { printf " %s (%s%s)", $1, $3, $5 == "" ? "" : ": " $5 }' "$work/status")
      [[ -n $missing ]] || break
    fi
    if ((SECONDS - start >= timeout)); then
      stop "not back after $timeout s:$missing" "$(look_at "$*")" "If kubectl does not reach the API: a tunnel ends with the machine that it goes through." "$resume"
    fi
    sleep 5
  done
  say "back: $*"
}
