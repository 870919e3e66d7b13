locals {
  {{ group.label }} = { for node in [
{%- for node in group.nodes %}
    { name = {{ node.name | hcl }}, zone = {{ node.zone | hcl }}, pods = {{ node.pods | hcl }} },
{%- endfor %}
  ] : node.name => node }
}

