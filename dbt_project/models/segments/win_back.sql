-- One row per customer who ordered once or more and has been silent for unusually long.
with

customers as (
    select * from {{ ref('customers') }}
),

members as (
    select customer_id
    from customers
    where
        orders_count >= 1
        and dormancy in ('dormant', 'lost')
)

select * from members
