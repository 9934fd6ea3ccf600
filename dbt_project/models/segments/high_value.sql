-- One row per customer among the top tenth of buyers by predicted CLV, or by historic CLV where none is predicted.
with

customers as (
    select * from {{ ref('customers') }}
),

members as (
    select customer_id
    from customers
    where
        value_percentile >= 0.9
)

select * from members
