-- One row per customer whose usage has halved within a month, or who waits for an answer that is overdue.
with

customers as (
    select * from {{ ref('customers') }}
),

members as (
    select customer_id
    from customers
    where
        (usage_previous_30d >= 2 and usage_30d * 2 <= usage_previous_30d)
        or overdue_tickets > 0
)

select * from members
