-- One row per customer whose birthday is in the next 7 days.
with

customers as (
    select * from {{ ref('customers') }}
),

members as (
    select customer_id
    from customers
    where
        next_birthday < {{ days_after_as_of(7) }}
)

select * from members
