# Sourced by the control plane's scripts: this cluster's names and settings.
# shellcheck shell=bash disable=SC2034
cluster={{ name }}
domain={{ domain }}
control_planes=({{ control_planes | join(sep=" ") }}) # when this machine was made
own_version={{ kubernetes.version }}
pki_secret={{ pki_secret }}
bucket={% if backup %}{{ backup.bucket }}{% endif %}
backup_interval={% if backup %}{{ backup.interval }}{% endif %}

# Sets $control_planes to those of now. Growing and shrinking do not touch the boot files of machines that exist, but Terraform keeps
# their metadata up to date.
read_control_planes() {
  local now
  now=$(metadata instance/attributes/user-data | sed -nE 's/^ *control_planes=\(([a-z0-9 -]+)\).*/\1/p' | sort -u)
  # One list: boot files have it more than once.
  [[ -n $now && $now != *$'\n'* ]] && read -ra control_planes <<<"$now"
}
