-- One row per ad that was seen or clicked.
with

touches as (

    select * from {{ ref('base_ads__touches') }}

),

renamed as (

    select
        'ad_touches:' || touch_id as record_id,
        'ads' as source,
        'ads:' || touch_id as interaction_id,
        'ad_' || touch_type as interaction_type,
        'ads' as channel,
        occurred_at,
        platform,
        campaign_id,
        anonymous_id,
        device_id,
        cast(null as varchar) as product_id,
        false as is_machine,
        loaded_at
    from touches
    where problem is null and copy = 1

)

select * from renamed
