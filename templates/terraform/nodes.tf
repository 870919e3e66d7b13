locals {
  {{ group.label }} = { for node in [
{%- for node in group.nodes %}
    { name = {{ node.name | hcl }}, zone = {{ node.zone | hcl }}, pods = {{ node.pods | hcl }}{% if group.addresses %}, address = {% if let Some(address) = node.address %}{{ address | hcl }}{% else %}null{% endif %}{% endif %} },
{%- endfor %}
  ] : node.name => node }
}

