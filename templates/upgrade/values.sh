#!/usr/bin/env bash
# Brings the machines of the cluster {{ name }} up to date, one after the other, by replacing them: Kubernetes {{ kubernetes }}, boot files,
# images and machine types as in the rendered tree. It asks Terraform and the cluster which machines are behind, stops at the first one
# that does not come back, and can be run again at any time. --list shows what is pending, --help the other options.
#
# Printed by: {{ command }}
set -euo pipefail

cluster={{ name }}
project={{ project }}
kubernetes={{ kubernetes }}
backups={{ backups }} # whether control planes back up etcd, and record that on their Nodes

# The groups of machines, control planes first. boot_file is the SHA-256 of their boot file without its header.
groups='[
{%- for group in groups %}
  {"name": "{{ group.label }}", "machine_type": "{{ group.machine_type }}", "keeps_disk": {{ group.keep_disk }}, "boot_file": "{{ group.digest }}"}{% if !loop.last %},{% endif %}
{%- endfor %}
]'
machines='[
{%- for machine in machines %}
  {"name": "{{ machine.name }}", "group": "{{ machine.group }}", "zone": "{{ machine.zone }}"}{% if !loop.last %},{% endif %}
{%- endfor %}
]'
