{#- A JSON object as text, keys in the given order, from columns of the row. -#}
{% macro json_object(columns) %}{{ return(adapter.dispatch('json_object', 'kindred')(columns)) }}{% endmacro %}

{#- In brackets, as `value` is a keyword to those who read queries for the lineage of columns. -#}
{% macro duckdb__json_object(columns) -%}
    cast(json_object(
        {%- for column in columns %}'{{ column }}', ({{ column }}){{ ', ' if not loop.last }}{% endfor -%}
    ) as varchar)
{%- endmacro %}
