{%- for group in pools -%}
{% if !loop.first %}
{% endif -%}
{% include "nodes.tf" %}
# The pool {{ group.name }}: identical worker nodes.
{% include "instance.tf" -%}
{% endfor %}
