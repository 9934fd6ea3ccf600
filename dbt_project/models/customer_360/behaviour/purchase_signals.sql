-- One row per customer, day, kind of signal (order or return) and product: what they bought, and what they sent back.
{{ config(materialized='by_customer') }}

with

orders as (
    select * from {{ ref('orders') }}
    where {{ is_due() }} and is_counted
),

order_items as (
    select * from {{ ref('order_items') }}
    where {{ is_due() }} and product_id is not null and quantity is distinct from 0
),

refunds as (
    select * from {{ ref('booked_refunds') }}
    where {{ is_due() }} and amount > 0
),

-- a line is one purchase, however many pieces; one with a negative quantity is a return written as a sale
lines as (
    select
        orders.customer_id,
        orders.order_id,
        orders.total_amount,
        orders.ordered_at,
        order_items.product_id,
        case when order_items.quantity < 0 then 'return' else 'order' end as signal_type
    from order_items
    inner join orders on order_items.order_id = orders.order_id
),

-- a refund names its order and no line, so each line is held to be returned by the share that was paid back
returned as (
    select
        lines.customer_id,
        lines.product_id,
        refunds.refunded_at,
        cast(least(refunds.amount / lines.total_amount, 1) as decimal(9, 6)) as signals_count
    from refunds
    inner join lines on refunds.order_id = lines.order_id
    where lines.total_amount > 0 and lines.signal_type = 'order'
),

happened as (
    select
        customer_id,
        ordered_at as happened_at,
        signal_type,
        product_id,
        1 as signals_count
    from lines
    union all
    select
        customer_id,
        refunded_at as happened_at,
        'return' as signal_type,
        product_id,
        signals_count
    from returned
),

purchase_signals as (
    select
        customer_id,
        {{ activity_day('happened_at') }} as activity_day,
        signal_type,
        product_id,
        cast(sum(signals_count) as decimal(18, 6)) as signals_count
    from happened
    group by 1, 2, 3, 4
)

select * from purchase_signals
