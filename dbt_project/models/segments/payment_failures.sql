-- One row per customer whose payment failed in the last 3 days and who has paid nothing since.
with

customers as (
    select * from {{ ref('customers') }}
),

members as (
    select customer_id
    from customers
    where
        last_payment_failed_at >= {{ days_before_as_of(3) }}
        and (last_paid_at is null or last_paid_at < last_payment_failed_at)
        and (last_ordered_at is null or last_ordered_at < last_payment_failed_at)
)

select * from members
