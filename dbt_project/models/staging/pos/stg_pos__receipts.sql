-- One row per receipt of a store's till; many show neither card nor address.
with

receipts as (

    select * from {{ ref('base_pos__receipts') }}

),

renamed as (

    select
        'pos_receipts:' || receipt_id as record_id,
        'pos' as source,
        'pos:' || receipt_id as order_id,
        store_id,
        terminal_id,
        loyalty_card,
        email,
        'store' as channel,
        sold_at as ordered_at,
        sold_at as occurred_at,
        status,
        currency,
        total_amount,
        tax_amount,
        coalesce(discount_amount, 0) as discount_amount,
        loaded_at
    from receipts
    where problem is null and copy = 1

)

select * from renamed
