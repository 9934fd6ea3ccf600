-- One row per customer for whom service fell short at some time in the last 14 days.
with

customers as (
    select * from {{ ref('customers') }}
),

members as (
    select customer_id
    from customers
    where
        is_service_impaired_14d
)

select * from members
