# Sourced by the control plane's scripts: this cluster's names and settings.
# shellcheck shell=bash disable=SC2034
cluster={{ name }}
domain={{ domain }}
control_planes=({{ control_planes | join(sep=" ") }})
own_version={{ kubernetes.version }}
pki_secret={{ pki_secret }}
bucket={% if backup %}{{ backup.bucket }}{% endif %}
backup_interval={% if backup %}{{ backup.interval }}{% endif %}
