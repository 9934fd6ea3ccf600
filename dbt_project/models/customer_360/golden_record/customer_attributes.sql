-- One row per customer and attribute: the value that won, where it came from, by which rule, and which values lost.
{{ config(materialized='by_customer') }}

with

attribute_values as (
    select * from {{ ref('attribute_values') }}
    where {{ is_due() }}
),

losers as (
    select
        customer_id,
        attribute,
        place,
        value || ' (' || source || ', ' || cast(cast(observed_at as date) as {{ dbt.type_string() }}) || ')' as told,
        {{ json_object(['value', 'source', 'record_id', 'observed_at', 'records', 'confirmed_at']) }} as detail
    from attribute_values
    where place > 1
),

lost as (
    select
        customer_id,
        attribute,
        count(*) as lost_count,
        {{ dbt.listagg('told', "' | '", 'order by place', 20) }} as other_values,
        '[' || {{ dbt.listagg('detail', "', '", 'order by place', 20) }} || ']' as lost_values
    from losers
    group by customer_id, attribute
),

customer_attributes as (
    select
        attribute_values.customer_id,
        attribute_values.attribute,
        attribute_values.value,
        attribute_values.source,
        attribute_values.record_id,
        attribute_values.observed_at,
        attribute_values.records,
        attribute_values.confirmed_at,
        attribute_values.confirmed_by,
        attribute_values.rule,
        coalesce(lost.lost_count, 0) as lost_count,
        lost.other_values,
        lost.lost_values
    from attribute_values
    left join lost
        on
            attribute_values.customer_id = lost.customer_id
            and attribute_values.attribute = lost.attribute
    where attribute_values.place = 1
)

select * from customer_attributes
