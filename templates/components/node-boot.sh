# Sourced by the scripts that boot a node. Their output goes to the journal and the serial console.
# shellcheck shell=bash

log() { echo "$*" >&2; }

# wait_for SECONDS WHAT COMMAND...: runs the command every 5 seconds until it succeeds or the time is up.
wait_for() {
  local limit=$1 what=$2 start=$SECONDS
  shift 2
  until "$@"; do
    if ((SECONDS - start >= limit)); then
      log "timed out after $limit s waiting for $what"
      return 1
    fi
    log "waiting for $what ($((SECONDS - start)) of $limit s)"
    sleep 5
  done
}

# metadata PATH: https://cloud.google.com/compute/docs/metadata/predefined-metadata-keys
metadata() {
  curl -fsS --max-time 10 --retry 5 --retry-connrefused -H 'Metadata-Flavor: Google' \
    "http://169.254.169.254/computeMetadata/v1/$1"
}

# join_secret PATH [CURL OPTION...]: calls Secret Manager with the machine's own service account.
# The access token goes through a pipe, because every process can read command lines.
# https://cloud.google.com/secret-manager/docs/reference/rest
join_secret() {
  local path=$1 token
  shift
  token=$(metadata instance/service-accounts/default/token | jq -er .access_token) || return 1
  curl -fsS --max-time 30 -H @<(echo "Authorization: Bearer $token") -H 'Content-Type: application/json' "$@" \
    "https://secretmanager.googleapis.com/v1/projects/{{ project }}/secrets/{{ join_secret }}$path"
}

# fill FILE: prints a kubeadm configuration with this machine's name and address filled in.
# The Node must have the instance's name, or the cloud-controller-manager deletes it.
fill() {
  local text name address
  text=$(<"$1")
  name=$(metadata instance/name) || return 1
  address=$(metadata instance/network-interfaces/0/ip) || return 1
  text=${text//NODE_NAME/"$name"}
  echo "${text//NODE_ADDRESS/"$address"}"
}
