-- One row per line on an ad platform's bill.
with

spend as (

    select * from {{ ref('base_ads__spend') }}

),

renamed as (

    select
        'ads' as source,
        'ads:' || spend_id as spend_id,
        spend_date,
        platform,
        campaign_id,
        impressions,
        clicks,
        spend,
        currency,
        loaded_at
    from spend
    where problem is null and copy = 1

)

select * from renamed
