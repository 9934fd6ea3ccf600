{#-
    The named columns of the last receipt of a group among those that meet a condition, as one struct; null if there is
    none. One pass without sorting, so that asking stays cheap as receipts pile up.
-#}
{% macro latest(columns, condition) %}
    {{- return(adapter.dispatch('latest', 'kindred')(columns.split(), ['delivered_at', 'receipt_id'], condition)) -}}
{% endmacro %}

{% macro duckdb__latest(columns, order_by, condition) -%}
    arg_max({{ kindred.struct_of(columns) }}, {{ kindred.struct_of(order_by) }}) filter (where {{ condition }})
{%- endmacro %}

{% macro spark__latest(columns, order_by, condition) -%}
    max_by(struct({{ columns | join(', ') }}), struct({{ order_by | join(', ') }})) filter (where {{ condition }})
{%- endmacro %}

{% macro struct_of(columns) -%}
    struct_pack({% for column in columns %}{{ column }} := {{ column }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}
