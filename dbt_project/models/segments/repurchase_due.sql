-- One row per customer who ordered twice or more and would by their rhythm soon order again.
with

customers as (
    select * from {{ ref('customers') }}
),

members as (
    select customer_id
    from customers
    where
        orders_count >= 2
        and recency_gap_percentile >= 0.5
        and recency_gap_percentile < 0.8
)

select * from members
