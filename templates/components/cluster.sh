# Sourced by the control plane's scripts: this cluster's names and settings.
# shellcheck shell=bash disable=SC2034
cluster={{ name }}
domain={{ domain }}
# Those of the time when this machine was made.
control_planes=({{ control_planes | join(" ") }})
own_version={{ kubernetes.version }}
pki_secret={{ pki_secret }}
bucket={% if let Some(backup) = backup %}{{ backup.bucket }}{% endif %}
backup_interval={% if let Some(backup) = backup %}{{ backup.interval }}{% endif %}

# api_servers: a list of the API servers' pods. A kubelet can create pods with any label and image text, but only on its own Node, and it
# cannot give itself the label of control planes.
api_servers() {
  local nodes
  nodes=$(kubectl --request-timeout 20s get nodes --selector node-role.kubernetes.io/control-plane --output 'jsonpath={.items[*].metadata.name}') || return 1
  kubectl --request-timeout 20s --namespace kube-system get pods --selector component=kube-apiserver --output json |
    jq --arg nodes "$nodes" '[.items[] | select(.spec.nodeName | IN($nodes | split(" ")[]))]'
}

# versions_of_others NAME: the versions of the API servers on other control planes than this one.
versions_of_others() {
  api_servers | jq -r --arg name "$1" '.[] | select(.spec.nodeName != $name).spec.containers[0].image | split(":v") | last'
}

# Sets $control_planes to those of now. Growing and shrinking do not touch the boot files of machines that exist, but Terraform keeps
# their metadata up to date.
read_control_planes() {
  local now
  now=$(metadata instance/attributes/user-data | sed -nE 's/^ *control_planes=\(([a-z0-9 -]+)\).*/\1/p' | sort -u)
  # One list, however often it stands there.
  [[ -n $now && $now != *$'\n'* ]] && read -ra control_planes <<<"$now"
}
