-- One row per order that counts, payment that went through, and cart with items of a customer, as the journey sees it.
with

orders as (
    select * from {{ ref('orders') }}
    where is_counted and customer_id is not null
),

payments as (
    select * from {{ ref('payments') }}
    where status = 'paid' and customer_id is not null
),

carts as (
    select * from {{ ref('carts') }}
    where items_count > 0 and customer_id is not null
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
