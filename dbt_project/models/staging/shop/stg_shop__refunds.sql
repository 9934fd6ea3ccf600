-- One row per refund in the shop. Its record is the order's: a refund names nobody itself.
with

refunds as (

    select * from {{ ref('base_shop__refunds') }}

),

renamed as (

    select
        coalesce('shop_orders:' || order_id, 'shop_refunds:' || refund_id) as record_id,
        'shop' as source,
        'shop:' || refund_id as refund_id,
        'shop:' || order_id as order_id,
        refunded_at,
        refunded_at as occurred_at,
        currency,
        amount,
        tax_amount,
        reason,
        loaded_at
    from refunds
    where problem is null and copy = 1

)

select * from renamed
