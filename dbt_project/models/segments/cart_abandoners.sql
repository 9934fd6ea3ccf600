-- One row per customer who, in the last 7 days, left a cart with items and did not order within 24 hours.
with

customers as (
    select * from {{ ref('customers') }}
),

members as (
    select customer_id
    from customers
    where
        last_cart_abandoned_at >= {{ days_before_as_of(7) }}
)

select * from members
