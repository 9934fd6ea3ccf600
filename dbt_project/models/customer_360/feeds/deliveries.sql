-- One row per order placed before as_of that was promised for a time or delivered, as far as as_of knows.
with

feed as (
    {{ union_feed('deliveries') }}
),

orders as (
    select * from {{ ref('orders') }}
),

deliveries as (
    select
        feed.order_id,
        orders.record_id,
        orders.customer_id,
        feed.source,
        feed.promised_at,
        case when feed.delivered_at < {{ as_of() }} then feed.delivered_at end as delivered_at,
        orders.status = 'completed' as is_owed
    from feed
    inner join orders on feed.order_id = orders.order_id
    where feed.promised_at is not null or feed.delivered_at is not null
)

select * from deliveries
