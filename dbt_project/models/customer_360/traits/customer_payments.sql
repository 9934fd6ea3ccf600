-- One row per customer who tried to pay: the last attempt that failed, and the last that did not.
{{ config(materialized='by_customer') }}

with

payments as (
    select * from {{ ref('payments') }}
    where {{ is_due() }}
),

customer_payments as (
    select
        customer_id,
        max(attempted_at) filter (where status = 'failed') as last_payment_failed_at,
        max(attempted_at) filter (where status = 'paid') as last_paid_at
    from payments
    group by customer_id
)

select * from customer_payments
