# Sourced by the scripts that boot a node. Their output goes to the journal and the serial console.
# shellcheck shell=bash disable=SC2034

log() { echo "$*" >&2; }

# refuse TEXT: for situations that need manual intervention. The unit does not restart after this exit status (EX_CONFIG).
refuse() {
  log "REFUSED: $*"
  exit 78
}

# wait_for SECONDS WHAT COMMAND...: runs the command until it succeeds or times out, every 2 seconds in the first minute, then every 5.
wait_for() {
  local limit=$1 what=$2 start=$SECONDS waited
  shift 2
  until "$@"; do
    waited=$((SECONDS - start))
    if ((waited >= limit)); then
      log "timed out after $limit s waiting for $what"
      return 1
    fi
    log "waiting for $what ($waited of $limit s)"
    sleep $((waited < 60 ? 2 : 5))
  done
}

# quietly COMMAND...: writes the command's output to a log file readable only by root, and its last lines to the console on failure.
# kubeadm says much, and some of it is not for everyone who can read the serial console.
quietly() {
  local status=0
  (umask 077 && echo "--- $*" >>/var/log/kubeadm.log)
  "$@" >>/var/log/kubeadm.log 2>&1 || status=$?
  if ((status)); then
    log "$1 ${2:-} failed with exit status $status; the end of /var/log/kubeadm.log:"
    tail -n 15 /var/log/kubeadm.log >&2
  fi
  return "$status"
}

# Until its API server runs, the kubelet tries everything again at intervals that grow to half a minute. A restart ends them. Containers
# keep running.
restart_kubelet() { systemctl restart kubelet; }

# is_version TEXT; oldest VERSION...; older A B: whether version A is older than B; minor VERSION
is_version() { [[ $1 =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]]; }
oldest() { printf '%s\n' "$@" | grep . | sort -V | sed -n 1p; }
older() { [[ $1 != "$2" && $(oldest "$1" "$2") == "$1" ]]; }
minor() { cut -d . -f 2 <<<"$1"; }

# metadata PATH: https://cloud.google.com/compute/docs/metadata/predefined-metadata-keys
metadata() {
  curl -fsS --max-time 10 --retry 5 --retry-connrefused -H 'Metadata-Flavor: Google' \
    "http://169.254.169.254/computeMetadata/v1/$1"
}

# google URL [CURL OPTION...]: calls one of Google's APIs with the machine's service account.
# The access token is passed through a pipe, because command lines are visible to every process.
google() {
  local url=$1 token
  shift
  token=$(metadata instance/service-accounts/default/token | jq -er .access_token) || return 1
  curl -sS --max-time 30 -H @<(echo "Authorization: Bearer $token") "$@" "$url"
}

# secret_manager SECRET-AND-PATH [CURL OPTION...]: https://cloud.google.com/secret-manager/docs/reference/rest
secret_manager() {
  local path=$1
  shift
  google "https://secretmanager.googleapis.com/v1/projects/{{ project }}/secrets/$path" -H 'Content-Type: application/json' "$@"
}

# join_secret PATH [CURL OPTION...]
join_secret() {
  local path=$1
  shift
  secret_manager "{{ join_secret }}$path" --fail "$@"
}

# Sets $join_data to where the API server is and which CA it has, and $cluster_version to the cluster's Kubernetes version, which root installs.
# 404: the control plane has not published it yet. 403: the permission has not taken effect yet. 400: it was just replaced.
read_join_data() {
  join_data=$(join_secret /versions/latest:access | jq -er .payload.data | base64 -d) &&
    cluster_version=$(jq -er .kubernetesVersion <<<"$join_data") || return 1
  is_version "$cluster_version" && return
  log "the secret {{ join_secret }} names no version of Kubernetes, but ${cluster_version@Q}"
  return 1
}

# Prints the kubeconfig that this machine joins with. It proves which instance this is by an identity token, which is valid for an hour.
# https://cloud.google.com/compute/docs/instances/verifying-instance-identity
join_kubeconfig() {
  local token
  token=$(metadata 'instance/service-accounts/default/identity?audience={{ audience }}&format=full') || return 1
  token=$token jq '{apiVersion: "v1", kind: "Config", "current-context": "join",
    contexts: [{name: "join", context: {cluster: "{{ name }}", user: "instance"}}],
    clusters: [{name: "{{ name }}", cluster: {server, "certificate-authority-data": .certificateAuthorityData}}],
    users: [{name: "instance", user: {token: env.token}}]}' <<<"$join_data"
}

# The cluster determines the version of a machine that joins: the API server does not support newer kubelets, and kubeadm
# does not check for them. So machines created during an upgrade cannot violate the version skew policy.
install_cluster_version() {
  if [[ $(dpkg-query -Wf '${Version}' kubelet) != "$cluster_version"-* ]]; then
    log "the cluster runs Kubernetes $cluster_version: installing that version"
    /usr/local/sbin/node-install "$cluster_version"
  fi
}

# fill FILE: prints a kubeadm configuration with this machine's name and address filled in.
# The Node must have the name of the instance, or the cloud-controller-manager deletes it.
fill() {
  local text name address
  text=$(<"$1")
  name=$(metadata instance/name) || return 1
  address=$(metadata instance/network-interfaces/0/ip) || return 1
  text=${text//NODE_NAME/"$name"}
  echo "${text//NODE_ADDRESS/"$address"}"
}
