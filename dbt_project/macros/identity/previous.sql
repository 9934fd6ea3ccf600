{#- What an incremental model already holds. On the first run nothing, in the same shape, so that the model reads alike. -#}

{#- The last load that is held of each table and identifier type: a type that is tagged later is read from the start. -#}
{% macro loaded_until() %}
    {%- if is_incremental() -%}
    select
        {{ kindred.record_table('record_id') }} as record_table,
        identifier_type,
        max(loaded_at) as loaded_until
    from {{ this }}
    group by {{ kindred.record_table('record_id') }}, identifier_type
    {%- else -%}
    {{ empty_relation({'record_table': 'text', 'identifier_type': 'text', 'loaded_until': 'timestamp'}) | trim }}
    {%- endif -%}
{% endmacro %}


{#- The table of a record id: `shop_orders` of `shop_orders:O123`. -#}
{% macro record_table(record_id) -%}
    {{ dbt.split_part(record_id, "':'", 1) }}
{%- endmacro %}
