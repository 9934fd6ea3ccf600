{#- The moment that every model looks back from. A model never reads the clock, so that any day can be rebuilt. -#}
{% macro as_of() -%}
    cast('{{ var("as_of") }}' as timestamp)
{%- endmacro %}
