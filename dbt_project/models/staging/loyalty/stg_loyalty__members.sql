-- One row per loyalty card, as its member was last seen.
with

members as (

    select * from {{ ref('base_loyalty__members') }}

),

renamed as (

    select
        'loyalty_members:' || card_number as record_id,
        'loyalty' as source,
        loyalty_card,
        user_id,
        email,
        phone,
        first_name,
        last_name,
        birth_date,
        country,
        city,
        postal_code,
        tier as loyalty_tier,
        points as loyalty_points,
        joined_at,
        coalesce(updated_at, joined_at) as occurred_at,
        loaded_at
    from members
    where problem is null and copy = 1

)

select * from renamed
