-- One row per product that the shop and the stores sell.
with

products as (

    select * from {{ ref('base_shop__products') }}

),

renamed as (

    select
        'shop_products:' || product_id as record_id,
        'shop' as source,
        product_id,
        product_name,
        category,
        brand,
        price,
        cost,
        currency,
        loaded_at
    from products
    where problem is null and copy = 1

)

select * from renamed
