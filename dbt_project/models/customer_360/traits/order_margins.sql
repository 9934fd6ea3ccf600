-- One row per order with lines whose product has a price and a cost: the share of its revenue that goods did not cost.
{{ config(materialized='by_customer') }}

with

order_items as (
    select * from {{ ref('order_items') }}
    where {{ is_due() }}
),

products as (
    select * from {{ ref('products') }}
),

orders as (
    select * from {{ ref('orders') }}
    where {{ is_due() }}
),

listed as (
    select
        order_items.order_id,
        sum(order_items.quantity * products.price) as list_price,
        sum(order_items.quantity * products.cost) as goods_cost
    from order_items
    inner join products on order_items.product_id = products.product_id
    where
        products.price > 0
        and products.cost is not null
    group by order_items.order_id
),

-- list prices hold as much tax as the order did; what the goods cost holds none
taxed as (
    select
        orders.customer_id,
        listed.order_id,
        listed.list_price * coalesce(1 - orders.tax_amount / nullif(orders.total_amount, 0), 1) as net_price,
        listed.goods_cost
    from listed
    inner join orders on listed.order_id = orders.order_id
),

order_margins as (
    select
        customer_id,
        order_id,
        cast(1 - goods_cost / net_price as decimal(9, 6)) as margin
    from taxed
    where net_price > 0
)

select * from order_margins
