-- One row per line of an order placed before as_of, in the order's own currency.
with

feed as (
    {{ union_feed('order_items') }}
),

orders as (
    select * from {{ ref('orders') }}
),

order_items as (
    select
        feed.order_item_id,
        feed.order_id,
        orders.customer_id,
        feed.source,
        feed.product_id,
        feed.quantity,
        orders.currency,
        feed.unit_price,
        coalesce(feed.discount_amount, 0) as discount_amount
    from feed
    inner join orders on feed.order_id = orders.order_id
)

select * from order_items
