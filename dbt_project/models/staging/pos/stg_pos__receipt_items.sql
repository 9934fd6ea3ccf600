-- One row per line of a store's receipt.
with

receipt_items as (

    select * from {{ ref('base_pos__receipt_items') }}

),

renamed as (

    select
        'pos_receipt_items:' || receipt_item_id as record_id,
        'pos' as source,
        'pos:' || receipt_item_id as order_item_id,
        'pos:' || receipt_id as order_id,
        product_id,
        quantity,
        unit_price,
        coalesce(discount_amount, 0) as discount_amount,
        loaded_at
    from receipt_items
    where problem is null and copy = 1

)

select * from renamed
