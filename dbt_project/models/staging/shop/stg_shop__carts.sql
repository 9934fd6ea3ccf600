-- One row per cart of the shop, bought or left behind, as it was last seen.
with

carts as (

    select * from {{ ref('base_shop__carts') }}

),

renamed as (

    select
        'shop_carts:' || cart_id as record_id,
        'shop' as source,
        'shop:' || cart_id as cart_id,
        user_id,
        anonymous_id,
        email,
        created_at,
        coalesce(updated_at, created_at) as updated_at,
        coalesce(updated_at, created_at) as occurred_at,
        items_count,
        cart_value,
        currency,
        loaded_at
    from carts
    where problem is null and copy = 1

)

select * from renamed
