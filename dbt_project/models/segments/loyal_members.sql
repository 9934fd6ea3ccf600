-- One row per customer who stands at the last stage of the journey.
with

customers as (
    select * from {{ ref('customers') }}
),

members as (
    select customer_id
    from customers
    where
        journey_stage = 'loyalty'
)

select * from members
