{#- The columns of a sync model that are sent, in order, each with its `on_null`: what becomes of it when it is null. -#}
{% macro payload_fields(model) %}
    {%- set keys = ['record_key', 'customer_id', 'permission_id'] -%}
    {%- set fields = {} -%}
    {%- for name, column in model_node(model).columns.items() if name not in keys -%}
        {%- do fields.update({name: column.meta.get('on_null', 'keep')}) -%}
    {%- endfor -%}
    {{ return(fields) }}
{% endmacro %}


{#- Whether a field without which nothing is written is null. -#}
{% macro is_incomplete(fields) -%}
    {%- set needed = [] -%}
    {%- for name, on_null in fields.items() if on_null == 'skip' -%}
        {%- do needed.append(name ~ ' is null') -%}
    {%- endfor -%}
    {{ needed | join(' or ') if needed else '1 = 0' }}
{%- endmacro %}


{#- A JSON object as text: a field that is null is left out, unless it is to be cleared; then it is sent as null. -#}
{% macro json_payload(fields) %}{{ return(adapter.dispatch('json_payload', 'kindred')(fields)) }}{% endmacro %}

{% macro duckdb__json_payload(fields) -%}
    {%- set members = [] -%}
    {%- for name, on_null in fields.items() -%}
        {%- set value = 'cast(to_json(' ~ name ~ ') as varchar)' -%}
        {%- set value = 'coalesce(' ~ value ~ ", 'null')" if on_null == 'clear' else value -%}
        {%- do members.append("'\"" ~ name ~ "\":' || " ~ value) -%}
    {%- endfor -%}
    {{ "'{' || concat_ws(',', " ~ members | join(', ') ~ ") || '}'" if members else "'{}'" }}
{%- endmacro %}
