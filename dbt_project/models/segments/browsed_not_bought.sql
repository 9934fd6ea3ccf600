-- One row per customer who looked at three products or more in 7 days and has not ordered since.
with

customers as (
    select * from {{ ref('customers') }}
),

members as (
    select customer_id
    from customers
    where
        products_viewed_7d >= 3
        and (last_ordered_at is null or last_ordered_at < last_product_viewed_at)
)

select * from members
