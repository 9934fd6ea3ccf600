-- The price of a line is what the store received; quantities of fuel are thousandths of a gallon.
with

source as (

    select * from {{ source('completejourney', 'transactions_sample') }}

),

renamed as (

    select
        'completejourney_baskets:' || basket_id as record_id,
        'completejourney' as source,
        'completejourney:' || basket_id || ':' || product_id as order_item_id,
        'completejourney:' || basket_id as order_id,
        household_id,
        product_id,
        cast(quantity as decimal(18, 3)) as quantity,
        cast(sales_value / nullif(quantity, 0) as decimal(18, 4)) as unit_price,
        cast(retail_disc + coupon_disc + coupon_match_disc as decimal(18, 4)) as discount_amount,
        cast(sales_value as decimal(18, 4)) as amount,
        transaction_timestamp as occurred_at
    from source

)

select * from renamed
