-- One row per customer who is among the most engaged tenth and has ordered at most once.
with

customers as (
    select * from {{ ref('customers') }}
),

members as (
    select customer_id
    from customers
    where
        engagement_score >= 90
        and orders_count <= 1
)

select * from members
