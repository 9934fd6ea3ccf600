-- One row per customer who spoke with us on a social network in the last 30 days and has never ordered.
with

customers as (
    select * from {{ ref('customers') }}
),

members as (
    select customer_id
    from customers
    where
        social_interactions_30d > 0
        and orders_count = 0
)

select * from members
