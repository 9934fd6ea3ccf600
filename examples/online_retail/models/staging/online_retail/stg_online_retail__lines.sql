-- Lines have no number of their own, and 6,865 of them repeat another exactly: both were sold, so both stay.
with

source as (

    select * from {{ source('online_retail', 'online_retail_lines') }}

),

renamed as (

    select
        'online_retail:' || invoice_no as record_id,
        'online_retail' as source,
        'online_retail:' || invoice_no || ':' || cast(file_row_number as varchar) as order_item_id,
        'online_retail:' || invoice_no as order_id,
        invoice_no,
        invoice_no like 'C%' as is_cancellation,
        upper(trim(stock_code)) as product_id,
        trim(description) as product_name,
        cast(quantity as decimal(18, 3)) as quantity,
        cast(unit_price as decimal(18, 4)) as unit_price,
        cast(0 as decimal(18, 4)) as discount_amount,
        cast(quantity * cast(unit_price as decimal(18, 4)) as decimal(18, 4)) as amount,
        cast(customer_id as varchar) as user_id,
        country,
        timezone('UTC', timezone('Europe/London', invoice_ts)) as occurred_at
    from source

)

select * from renamed
