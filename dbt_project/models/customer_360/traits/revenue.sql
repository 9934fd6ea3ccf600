-- One row per order that counts, and one per refund of an order that no source knows. Their sum is all the revenue.
{{ config(materialized='by_customer') }}

with

orders as (
    select * from {{ ref('orders') }}
    where {{ is_due_or_nobodys() }} and is_counted
),

refunds as (
    select * from {{ ref('booked_refunds') }}
    where {{ is_due_or_nobodys() }} and is_loose and amount is not null
),

counted_orders as (
    select
        'order:' || order_id as revenue_id,
        customer_id,
        order_id,
        source,
        currency,
        ordered_at as booked_at,
        net_amount,
        refunded_amount,
        discount_amount
    from orders
),

-- the refund of an order that was cancelled or is pending takes nothing away: its revenue was never counted
loose_refunds as (
    select
        'refund:' || refund_id as revenue_id,
        customer_id,
        cast(null as {{ dbt.type_string() }}) as order_id,
        source,
        currency,
        refunded_at as booked_at,
        {{ money('tax_amount - amount') }} as net_amount,
        amount as refunded_amount,
        {{ money('0') }} as discount_amount
    from refunds
),

revenue as (
    select * from counted_orders
    union all
    select * from loose_refunds
)

select * from revenue
