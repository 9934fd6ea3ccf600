{#- Folders are schemas, the same on every target: `identity.customers`, never `main_identity.customers`. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
