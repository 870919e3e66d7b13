
# --- Before a machine is touched

# Kubernetes supports API servers that are one minor version apart, and no way back.
check_versions() {
  local refusal
  refusal=$(jq -r --arg kubernetes "$kubernetes" '
    def numbers: split(".") | map(tonumber);
    def text: map(tostring) | join(".");
    [.items[] | select(.metadata.labels.component == "kube-apiserver").spec.containers[0].image | split(":v")[1] | numbers] as $now |
    ($kubernetes | numbers) as $next |
    if $now == [] then empty
    elif ($now | max) > $next then "an API server already runs " + ($now | max | text)
    elif $next[1] > ($now | min)[1] + 1 then "an API server still runs " + ($now | min | text) + ", and no minor version can be skipped"
    else empty end' "$work/static-pods.json")
  [[ -z $refusal ]] || stop "the cluster cannot go to Kubernetes $kubernetes: $refusal"
}

# Control planes record the time of their last successful backup on their Nodes.
check_backup() {
  local last advice="On a control plane: sudo etcd-backup"
  [[ $backups == true ]] || return 0
  last=$(jq -r --argjson machines "$machines" '[$machines[] | select(.group == "control_plane").name] as $names |
    [.items[].metadata | select(.name as $node | any($names[]; . == $node)).annotations["etcd-backup"] // empty | fromdate] |
    now - (max // 0) | floor' "$work/nodes.json")
  ((last > -900)) || stop "the last backup of etcd is from the future: the clock of this machine or of a control plane is wrong"
  ((last < 7200 || (last > 1000000000 && without_backup))) && return 0
  # Nobody has ever backed up.
  ((last < 1000000000)) || advice="Control planes from before there were backups cannot: for those, run this with --without-backup."
  stop "etcd has not been backed up in the last two hours" "$advice"
}

check_deletions() {
  local state control_planes
  state=$(
    changed replace 2
    changed delete 2 | grep -E 'google_(compute_(address|disk|network|subnetwork)|dns_managed_zone|secret_manager_secret|storage_bucket)[.]' || true
  )
  [[ -z $state ]] || stop "Terraform would delete or replace what machines depend on:" "$state" "Review the plan, and apply it by hand if that is meant."
  control_planes=$(changed delete 2 | grep -F google_compute_instance.control_plane || true)
  [[ -z $control_planes ]] || stop "Terraform would delete control planes:" "$control_planes" "etcd has to let them go before: see docs/operations.md of vpcgen."
  if [[ $deletions == false && -n $(changed delete 2) ]]; then
    stop "the description no longer has these:" "$(changed delete 2)" "Run this with --allow-deletions to delete them. Nodes are drained before."
  fi
}

# settled [NAME...]: whether all machines are ready, except the named ones and nodes that are to be replaced. $waiting_for says which are not.
settled() {
  waiting_for=' the API'
  read_status || return 1
  waiting_for=$(awk -F '\t' -v except=" $* " '
    index(except, " " $1 " ") || $3 == "absent" { next }
    $3 == "booting" || ($4 != "ready" && ($3 != "behind" || $2 == "control_plane")) { printf " %s (%s)", $1, $3 == "booting" ? $3 : $4 }' "$work/status")
  [[ -z $waiting_for ]]
}

# wait_until_settled [NAME...]: machines that boot have until --timeout. Others have five minutes.
wait_until_settled() {
  local start=$SECONDS said='' waiting_for limit=$((timeout < 300 ? timeout : 300))
  until settled "$@"; do
    [[ $waiting_for != *'(booting)'* ]] || start=$SECONDS
    if ((SECONDS - start >= limit)); then
      stop "not ready:$waiting_for" "$(look_at "$waiting_for")" "$resume"
    fi
    [[ $said == "$waiting_for" ]] || say "waiting for$waiting_for"
    said=$waiting_for
    sleep 5
  done
}

# look_at TEXT: where to look for what is wrong with the machines that the text names.
look_at() {
  local name
  for name in $(jq -r '.[].name' <<<"$machines"); do
    [[ " $1 " != *" $name "* ]] || printf '%s\n' "kubectl describe node $name" \
      "gcloud compute instances get-serial-port-output $name --project=$project --zone=$(of_machine "$name" zone)"
  done
}
