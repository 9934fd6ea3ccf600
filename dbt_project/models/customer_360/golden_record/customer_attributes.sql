-- One row per customer and attribute: the value that won, where it came from, by which rule, and which values lost.
with

ranks as (
    select * from {{ ref('attribute_ranks') }}
),

winners as (
    select * from ranks
    where place = 1
),

losers as (
    select distinct
        ranks.customer_id,
        ranks.attribute,
        ranks.value
    from ranks
    inner join winners
        on
            ranks.customer_id = winners.customer_id
            and ranks.attribute = winners.attribute
    where ranks.value <> winners.value
),

lost_values as (
    select
        customer_id,
        attribute,
        {{ dbt.listagg('value', "' | '", 'order by value', 20) }} as other_values
    from losers
    group by customer_id, attribute
),

customer_attributes as (
    select
        winners.customer_id,
        winners.attribute,
        winners.value,
        winners.source,
        winners.record_id,
        winners.observed_at,
        winners.rule,
        lost_values.other_values
    from winners
    left join lost_values
        on
            winners.customer_id = lost_values.customer_id
            and winners.attribute = lost_values.attribute
)

select * from customer_attributes
