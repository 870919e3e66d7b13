#!/usr/bin/env bash
# Asks Google whether the cluster {{ name }} can be created in the project {{ project }}: credentials, APIs, permissions, names,
# machine types, images, quotas and organisation policies. It changes nothing. Exit status: 1 if something is missing.
#
# Printed by: {{ command }}
set -uo pipefail

project={{ project }}
region={{ region }}

# APIs that must be enabled.
apis='
{%- for api in preflight.apis %}
{{ api }}.googleapis.com
{%- endfor %}
'
# Roles, each with permissions that only this one contains.
roles='
{%- for role in preflight.roles %}
{{ role.name }} {{ role.permissions | join(" ") }}
{%- endfor %}
'
# Service accounts that must exist.
accounts='
{%- for account in preflight.accounts %}
{{ account }}
{%- endfor %}
'
# The bucket for Terraform's state.
state_bucket={{ preflight.state_bucket.as_deref().unwrap_or_default() }}
# Names that must be free: kind, command that lists those that exist, where a name is unique, metric of the project's quota, names.
names='
{%- for names in preflight.names %}
{{ names.kind }}|{{ names.list }}|{{ names.unique }}|{{ names.metric }}|{{ names.names | join(" ") }}
{%- endfor %}
'
# Machine types and disk types, each with a zone that must have it.
machine_types='
{%- for (zone, machine_type) in preflight.machine_types %}
{{ zone }} {{ machine_type }}
{%- endfor %}
'
disk_types='
{%- for (zone, disk_type) in preflight.disk_types %}
{{ zone }} {{ disk_type }}
{%- endfor %}
'
images='
{%- for image in preflight.images %}
{{ image }}
{%- endfor %}
'
# What each machine of a group takes of the region's quotas, and the machines. A metric after a colon counts if there is no quota of
# the one before it.
quotas='
{%- for quota in preflight.quotas %}
{{ quota.takes | join(" ") }}|{{ quota.machines | join(" ") }}
{%- endfor %}
'
# Machine types whose number of vCPUs is not known.
unknown_types='
{%- for quota in preflight.quotas %}
{%- if let Some(machine_type) = quota.unknown %}
{{ machine_type }}
{%- endif %}
{%- endfor %}
'
# Organisation policies: constraint, what it must allow (nothing: it must be off), what to do otherwise.
policies='
{%- for policy in preflight.policies %}
{{ policy.constraint }}|{{ policy.value }}|{{ policy.fix }}
{%- endfor %}
'

