with

source as (

    select * from {{ source('completejourney', 'products') }}

),

renamed as (

    select
        'completejourney' as source,
        product_id,
        coalesce(product_type, product_category, department) as product_name,
        coalesce(product_category, department) as category,
        brand,
        cast(null as decimal(18, 4)) as price,
        cast(null as decimal(18, 4)) as cost
    from source

)

select * from renamed
