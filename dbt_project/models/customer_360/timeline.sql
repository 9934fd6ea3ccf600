-- One row per thing that happened to a customer before as_of, numbered in the order in which it happened.
with

interactions as (
    select * from {{ ref('interactions') }}
),

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

happened as (
    select
        'interaction:' || interaction_id as event_id,
        customer_id,
        occurred_at,
        interaction_type as event_type,
        source,
        record_id,
        coalesce(product_id, campaign_id, channel) as detail
    from interactions
    union all
    select
        'order:' || order_id as event_id,
        customer_id,
        ordered_at as occurred_at,
        'order_' || status as event_type,
        source,
        record_id,
        channel || ' ' || order_id || ' ' || {{ money_text('total_amount') }} as detail
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
),

timeline as (
    select
        event_id,
        customer_id,
        row_number() over (
            partition by customer_id
            order by occurred_at, event_id
        ) as event_number,
        occurred_at,
        event_type,
        source,
        record_id,
        detail
    from happened
    where customer_id is not null
)

select * from timeline
