{#- dbt asks the project that runs for this, not its packages: schemas are named as Kindred names them. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ return(kindred.generate_schema_name(custom_schema_name, node)) }}
{%- endmacro %}
