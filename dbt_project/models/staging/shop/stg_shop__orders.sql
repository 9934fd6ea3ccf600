-- One row per order in the shop, by an account or a guest, as it was last seen.
with

orders as (

    select * from {{ ref('base_shop__orders') }}

),

renamed as (

    select
        'shop_orders:' || order_id as record_id,
        'shop' as source,
        'shop:' || order_id as order_id,
        user_id,
        anonymous_id,
        email,
        phone,
        first_name,
        last_name,
        country,
        'web' as channel,
        ordered_at,
        ordered_at as occurred_at,
        status,
        currency,
        total_amount,
        tax_amount,
        coalesce(discount_amount, 0) as discount_amount,
        promised_at,
        delivered_at,
        loaded_at
    from orders
    where problem is null and copy = 1

)

select * from renamed
