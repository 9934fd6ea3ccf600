{#- A share as a number from 0 to 1; null of nothing. -#}
{% macro share_of(part, whole) -%}
    cast({{ part }} * 1.0 / nullif({{ whole }}, 0) as decimal(9, 6))
{%- endmacro %}
