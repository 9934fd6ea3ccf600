-- One row per order, attempt to pay, refund or cart, as a line of the timeline.
with

orders as (
    select * from {{ ref('orders') }}
),

payments as (
    select * from {{ ref('payments') }}
),

refunds as (
    select * from {{ ref('refunds') }}
),

carts as (
    select * from {{ ref('carts') }}
),

purchase_events as (
    select
        'order:' || order_id as event_id,
        customer_id,
        ordered_at as occurred_at,
        'order_' || status as event_type,
        source,
        record_id,
        coalesce(channel || ' ', '') || order_id || coalesce(' ' || {{ money_text('total_amount') }}, '') as detail
    from orders
    union all
    select
        'payment:' || payment_id as event_id,
        customer_id,
        attempted_at as occurred_at,
        'payment_' || status as event_type,
        source,
        record_id,
        {{ money_text('amount') }} as detail
    from payments
    union all
    select
        'refund:' || refund_id as event_id,
        customer_id,
        refunded_at as occurred_at,
        'refund' as event_type,
        source,
        record_id,
        {{ money_text('amount') }} as detail
    from refunds
    union all
    select
        'cart:' || cart_id as event_id,
        customer_id,
        updated_at as occurred_at,
        'cart' as event_type,
        source,
        record_id,
        {{ money_text('cart_value') }} as detail
    from carts
)

select * from purchase_events
