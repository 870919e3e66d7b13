{%- for group in pools -%}
{% if not loop.first %}
{% endif -%}
{% include "nodes.tf" -%}
# The pool {{ group.name }}: nodes that are alike, and run the workloads.
{% include "instance.tf" -%}
{% endfor %}
