-- One row per order that counts, payment that went through, and cart with items of a customer, as the journey sees it.
{{ config(materialized='by_customer') }}

with

orders as (
    select * from {{ ref('orders') }}
    where {{ is_due() }} and is_counted
),

payments as (
    select * from {{ ref('payments') }}
    where {{ is_due() }} and status = 'paid'
),

carts as (
    select * from {{ ref('carts') }}
    where {{ is_due() }} and items_count > 0
),

journey_purchases as (
    select
        'order:' || order_id as signal_id,
        customer_id,
        'order' as event_type,
        ordered_at as occurred_at
    from orders
    union all
    select
        'payment:' || payment_id as signal_id,
        customer_id,
        'payment' as event_type,
        attempted_at as occurred_at
    from payments
    union all
    select
        'cart:' || cart_id as signal_id,
        customer_id,
        'cart' as event_type,
        updated_at as occurred_at
    from carts
)

select * from journey_purchases
