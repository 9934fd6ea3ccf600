-- One row per customer who ordered twice or more and would recommend us.
with

customers as (
    select * from {{ ref('customers') }}
),

members as (
    select customer_id
    from customers
    where
        orders_count >= 2
        and nps_score >= 9
)

select * from members
