-- One row per raw row of the shop that could not be read.
with

unreadable as (

    {{ unreadable_rows(ref('base_shop__customers'), 'shop', 'shop_customers', 'user_id') }}
    union all
    {{ unreadable_rows(ref('base_shop__orders'), 'shop', 'shop_orders', 'order_id') }}
    union all
    {{ unreadable_rows(ref('base_shop__order_items'), 'shop', 'shop_order_items', 'order_item_id') }}
    union all
    {{ unreadable_rows(ref('base_shop__payments'), 'shop', 'shop_payments', 'payment_id') }}
    union all
    {{ unreadable_rows(ref('base_shop__refunds'), 'shop', 'shop_refunds', 'refund_id') }}
    union all
    {{ unreadable_rows(ref('base_shop__carts'), 'shop', 'shop_carts', 'cart_id') }}
    union all
    {{ unreadable_rows(ref('base_shop__products'), 'shop', 'shop_products', 'product_id') }}

)

select * from unreadable
