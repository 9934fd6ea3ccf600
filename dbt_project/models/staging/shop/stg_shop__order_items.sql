-- One row per line of an order in the shop.
with

order_items as (

    select * from {{ ref('base_shop__order_items') }}

),

renamed as (

    select
        'shop_order_items:' || order_item_id as record_id,
        'shop' as source,
        'shop:' || order_item_id as order_item_id,
        'shop:' || order_id as order_id,
        product_id,
        quantity,
        unit_price,
        coalesce(discount_amount, 0) as discount_amount,
        loaded_at
    from order_items
    where problem is null and copy = 1

)

select * from renamed
