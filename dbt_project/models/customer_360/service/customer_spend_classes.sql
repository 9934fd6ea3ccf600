-- One row per customer who ever ordered: the class that the seed gives to what they have spent.
{{ config(materialized='by_customer') }}

with

buyers as (
    select * from {{ ref('customer_order_traits') }}
    where {{ is_due() }} and orders_count > 0
),

classes as (
    select * from {{ ref('lifetime_spend_classes') }}
),

reached as (
    select
        buyers.customer_id,
        classes.lifetime_spend_class,
        row_number() over (
            partition by buyers.customer_id
            order by classes.starts_at desc nulls last
        ) as place
    from buyers
    inner join classes on buyers.net_revenue >= classes.starts_at or classes.starts_at is null
),

customer_spend_classes as (
    select
        customer_id,
        lifetime_spend_class
    from reached
    where place = 1
)

select * from customer_spend_classes
