-- One row per shop account, as it was last seen.
with

customers as (

    select * from {{ ref('base_shop__customers') }}

),

renamed as (

    select
        'shop_customers:' || user_id as record_id,
        'shop' as source,
        user_id,
        email,
        phone,
        first_name,
        last_name,
        birth_date,
        gender,
        country,
        city,
        postal_code,
        created_at,
        coalesce(updated_at, created_at) as occurred_at,
        loaded_at
    from customers
    where problem is null and copy = 1

)

select * from renamed
