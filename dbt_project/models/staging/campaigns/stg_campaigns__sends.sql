-- One row per person and campaign that they were chosen for, in either arm.
with

sends as (

    select * from {{ ref('base_campaigns__sends') }}

),

renamed as (

    select
        'campaign_sends:' || send_id as record_id,
        'campaigns' as source,
        'campaigns:' || send_id as interaction_id,
        'campaign_send' as interaction_type,
        channel,
        sent_at as occurred_at,
        campaign_id,
        arm,
        cast(0.5 as double) as treatment_share,
        cast(14 as bigint) as conversion_days,
        user_id,
        email,
        cast(null as varchar) as product_id,
        false as is_machine,
        loaded_at
    from sends
    where problem is null and copy = 1

)

select * from renamed
