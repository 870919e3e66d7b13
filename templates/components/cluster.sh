# Sourced by the control plane's scripts: this cluster's names and settings.
# shellcheck shell=bash disable=SC2034
cluster={{ name }}
domain={{ domain }}
control_planes=({{ control_planes | join(" ") }})
own_version={{ kubernetes.version }}
pki_secret={{ pki_secret }}
bucket={% if let Some(backup) = backup %}{{ backup.bucket }}{% endif %}
backup_interval={% if let Some(backup) = backup %}{{ backup.interval }}{% endif %}
