-- One row per customer among the top tenth of buyers by what they have been worth so far.
with

customers as (
    select * from {{ ref('customers') }}
),

members as (
    select customer_id
    from customers
    where
        clv_percentile >= 0.9
)

select * from members
