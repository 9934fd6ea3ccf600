with

lines as (

    select * from {{ ref('stg_online_retail__lines') }}

),

order_items as (

    select
        source,
        order_item_id,
        order_id,
        product_id,
        quantity,
        unit_price,
        discount_amount,
        amount
    from lines
    where not is_cancellation

)

select * from order_items
