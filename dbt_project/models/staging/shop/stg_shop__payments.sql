-- One row per attempt to pay for an order in the shop.
with

payments as (

    select * from {{ ref('base_shop__payments') }}

),

renamed as (

    select
        'shop_payments:' || payment_id as record_id,
        'shop' as source,
        'shop:' || payment_id as payment_id,
        'shop:' || order_id as order_id,
        user_id,
        email,
        status,
        payment_method,
        amount,
        currency,
        attempted_at,
        attempted_at as occurred_at,
        loaded_at
    from payments
    where problem is null and copy = 1

)

select * from renamed
