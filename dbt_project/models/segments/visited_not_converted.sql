-- One row per customer who visited in the last 30 days and has never ordered.
with

customers as (
    select * from {{ ref('customers') }}
),

members as (
    select customer_id
    from customers
    where
        last_visited_at >= {{ days_before_as_of(30) }}
        and orders_count = 0
)

select * from members
