{#- The normal quantile of a two-sided 95% interval. -#}
{% macro z_95() -%}
    1.959964
{%- endmacro %}
