
# --- The cluster, and which of its machines are behind

api() { kubectl --request-timeout=20s "$@"; }

# Reads the Nodes, and the pods that make a machine a part of the cluster. Fails if the API does not answer. A node's kubelet can create
# pods with any label and image text, but only on its own Node: of the control plane's, only those on control planes count.
read_cluster() {
  api get nodes --output json >"$work/nodes.json" 2>"$work/kubectl.log" &&
    api --namespace kube-system get pods --output json \
      --selector 'component in (etcd, kube-apiserver, kube-controller-manager, kube-scheduler)' >"$work/pods.json" 2>"$work/kubectl.log" &&
    jq --argjson machines "$machines" '[$machines[] | select(.group == "control_plane").name] as $names |
      .items |= map(select(.spec.nodeName as $node | any($names[]; . == $node)))' "$work/pods.json" >"$work/static-pods.json" &&
    api --namespace kube-system get pods --output json --selector k8s-app=kube-proxy >"$work/proxy-pods.json" 2>"$work/kubectl.log"
}

require_cluster() {
  local config
  read_cluster || stop "the Kubernetes API does not answer" "$(tail -n 1 "$work/kubectl.log")"
  config=$(api --namespace kube-system get configmap kubeadm-config --output 'jsonpath={.data.ClusterConfiguration}') ||
    stop "kube-system has no ConfigMap kubeadm-config"
  grep -qx "clusterName: $cluster" <<<"$config" ||
    stop "KUBECONFIG leads to another cluster: $(sed -n 's/^clusterName: //p' <<<"$config") instead of $cluster"
}

# A line for each machine: its name, group and condition, whether it is ready, and why it is behind. Conditions:
#   ready, not-ready   its instance is the one that it should be    booting   created less than --timeout ago, not finished
#   behind             to be replaced                               absent    to be created
# shellcheck disable=SC2016 # for jq
conditions='
  def seconds: capture("^(?<time>[-0-9T:]{19})([.][0-9]+)?(?<zone>Z|[-+][0-9:]{5})$") |
    ((.time + "Z") | fromdate) - (if .zone == "Z" then 0 else (.zone[0:3] | tonumber) * 3600 + (.zone[0:1] + .zone[4:6] | tonumber) * 60 end);
  def plain: gsub("[\\p{Cc}\\p{Cf}]"; ""); # what nodes say of themselves must not control the terminal
  def is_ready: any(.status.conditions[]?; .type == "Ready" and .status == "True");
  $nodes[0].items as $nodes | ($static_pods[0].items + $proxy_pods[0].items) as $pods |
  $machines[] as $machine | [$groups[] | select(.name == $machine.group)][0] as $group |
  [$nodes[] | select(.metadata.name == $machine.name)][0] as $node |
  [$instances[0][] | select(.name == $machine.name)][0] as $instance |
  [$pods[] | select(.spec.nodeName == $machine.name)] as $pods |
  [if $machine.group == "control_plane" then "etcd", "kube-apiserver" else empty end,
    if $proxy_pods[0].items != [] then "kube-proxy" else empty end] as $needed |
  ($node != null and ($node | is_ready) and all($pods[]; is_ready)
    and $needed - [$pods[].metadata.labels | .component // ."k8s-app"] == []) as $ready |
  (try ($instance.created | seconds) catch 0) as $created |
  ($node.metadata.annotations // {}) as $recorded |
  ($recorded["instance-id"] != $instance.id) as $new |
  (if $instance == null or ($new and now - $created < $timeout) then [] else [
    (if $node == null then "no Node"
      elif $recorded["user-data-sha256"] == null then "unknown boot file"
      elif $new then "has not finished its boot"
      elif $recorded["user-data-sha256"] != $group.user_data then "boot file" else empty end),
    (if $node != null then $node.status.nodeInfo.kubeletVersion[1:] | select(. != $kubernetes) | "kubelet " + . else empty end),
    ($pods[] | select(.metadata.labels.component == "kube-apiserver").spec.containers[0].image | split(":v")[1] |
      select(. != $kubernetes) | "API server " + .),
    ($node.metadata.labels["node.kubernetes.io/instance-type"]? | select(. != null and . != $group.machine_type) | "machine type " + .),
    (if $stopped | split("\n") | index($machine.name) then "Terraform has to stop it" else empty end),
    (if $created_before != "" and $created < ($created_before | fromdate) then "created before " + $created_before else empty end)
  ] end) as $reasons |
  (if $instance == null then "absent" elif $reasons != [] then "behind" elif $new then "booting"
    elif $ready then "ready" else "not-ready" end) as $condition |
  [$machine.name, $machine.group, $condition, (if $ready then "ready" else "not-ready" end), ($reasons | join(", ") | plain)] | @tsv'

# Writes the conditions of all machines to $work/status. $stopped has the names of those that Terraform has to stop.
read_status() {
  read_cluster || return 1
  jq -nr --argjson machines "$machines" --argjson groups "$groups" --argjson timeout "$timeout" --arg kubernetes "$kubernetes" \
    --arg created_before "$created_before" --arg stopped "$stopped" --slurpfile nodes "$work/nodes.json" \
    --slurpfile static_pods "$work/static-pods.json" --slurpfile proxy_pods "$work/proxy-pods.json" \
    --slurpfile instances "$work/instances.json" "$conditions" >"$work/status"
}

show_status() { awk -F '\t' '{ printf "  %-24s %s%s\n", $1, $3 == "ready" ? "up to date" : $3, $5 == "" ? "" : ": " $5 }' "$work/status"; }

is_ready() { awk -F '\t' -v name="$1" '$1 == name && $4 == "ready" { found = 1 } END { exit !found }' "$work/status"; }

# behind [GROUP]: the names of the machines to replace; those that are not ready come first.
behind() {
  local name
  awk -F '\t' -v group="${1:-}" '$3 == "behind" && (group == "" || $2 == group) { print $4, $1 }' "$work/status" | sort -s -k 1,1 |
    while read -r _ name; do
      keeps_disk "$name" || echo "$name"
    done
}

# A kept boot disk prevents that a machine of the same name is created.
kept_behind() {
  local name
  awk -F '\t' '$3 == "behind" { print $1 }' "$work/status" | while read -r name; do
    ! keeps_disk "$name" || echo "$name"
  done
}
