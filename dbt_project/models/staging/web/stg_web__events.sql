-- One row per event on the web site, in the apps and in the WeChat mini program.
with

events as (

    select * from {{ ref('base_web__events') }}

),

renamed as (

    select
        'web_events:' || event_id as record_id,
        'web' as source,
        'web:' || event_id as interaction_id,
        event_type as interaction_type,
        case
            when platform in ('ios', 'android') then 'app'
            else coalesce(platform, 'web')
        end as channel,
        occurred_at,
        platform,
        anonymous_id,
        user_id,
        device_id,
        wechat_openid,
        wechat_unionid,
        email,
        phone,
        country,
        product_id,
        cart_id,
        cast(null as varchar) as campaign_id,
        page_url,
        user_agent,
        {{ is_machine_agent('user_agent') }} as is_machine,
        loaded_at
    from events
    where problem is null and copy = 1

)

select * from renamed
