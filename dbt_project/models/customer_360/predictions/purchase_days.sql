-- One row per customer and day on which they bought: what the day brought before refunds.
{{ config(materialized='by_customer') }}

with

orders as (
    select * from {{ ref('orders') }}
    where {{ is_due() }} and is_counted
),

-- two receipts of one day are one decision to buy; refunds are left out, because on a past day nobody knew of them
days as (
    select
        customer_id,
        cast(ordered_at as date) as purchase_day,
        max(ordered_at) as last_ordered_at,
        {{ money('sum(total_amount - tax_amount)') }} as amount,
        {{ money('sum(discount_amount)') }} as discount_amount
    from orders
    group by customer_id, cast(ordered_at as date)
),

purchase_days as (
    select
        customer_id,
        purchase_day,
        row_number() over (
            partition by customer_id
            order by purchase_day
        ) as purchase_number,
        last_ordered_at,
        amount,
        discount_amount
    from days
)

select * from purchase_days
