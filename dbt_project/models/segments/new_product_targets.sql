-- One row per customer drawn to what is launched more strongly than four in five of those who ever looked at it.
with

customers as (
    select * from {{ ref('customers') }}
),

members as (
    select customer_id
    from customers
    where
        launch_affinity_percentile >= 0.8
)

select * from members
