-- One row per order that counts, and one per refund of an order that no source knows. Their sum is all the revenue.
with

orders as (
    select * from {{ ref('orders') }}
),

refunds as (
    select * from {{ ref('refunds') }}
    where amount is not null
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
    where is_counted
),

-- the refund of an order that was cancelled or is pending takes nothing away: its revenue was never counted
loose_refunds as (
    select
        'refund:' || refunds.refund_id as revenue_id,
        refunds.customer_id,
        cast(null as {{ dbt.type_string() }}) as order_id,
        refunds.source,
        refunds.currency,
        refunds.refunded_at as booked_at,
        {{ money('refunds.tax_amount - refunds.amount') }} as net_amount,
        refunds.amount as refunded_amount,
        {{ money('0') }} as discount_amount
    from refunds
    left join orders on refunds.order_id = orders.order_id
    where orders.order_id is null
),

revenue as (
    select * from counted_orders
    union all
    select * from loose_refunds
)

select * from revenue
