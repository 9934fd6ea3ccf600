-- A household may hand in the same coupon twice on one day: the running number tells the two apart.
with

source as (

    select * from {{ source('completejourney', 'coupon_redemptions') }}

),

numbered as (

    select
        *,
        row_number() over (
            partition by household_id, coupon_upc, campaign_id, redemption_date
            order by coupon_upc
        ) as repetition
    from source

),

renamed as (

    select
        'completejourney' as source,
        'coupon_redeemed' as interaction_type,
        'store' as channel,
        cast(null as varchar) as product_id,
        campaign_id,
        false as is_machine,
        household_id,
        'completejourney_redemptions:' || household_id || ':' || coupon_upc || ':' || campaign_id || ':'
        || cast(redemption_date as varchar) || ':' || cast(repetition as varchar) as record_id,
        'completejourney:' || household_id || ':' || coupon_upc || ':' || campaign_id || ':'
        || cast(redemption_date as varchar) || ':' || cast(repetition as varchar) as interaction_id,
        cast(redemption_date as timestamp) as occurred_at,
        cast(redemption_date as timestamp) as loaded_at
    from numbered

)

select * from renamed
