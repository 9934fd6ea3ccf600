-- One row per comment, like or message on a social network.
with

interactions as (

    select * from {{ ref('base_social__interactions') }}

),

renamed as (

    select
        'social_interactions:' || interaction_id as record_id,
        'social' as source,
        'social:' || interaction_id as interaction_id,
        'social' as interaction_type,
        'social' as channel,
        occurred_at,
        network,
        -- The same handle on two networks is two people until something else links them.
        network || ':' || nullif(handle, '') as social_handle,
        wechat_openid,
        wechat_unionid,
        social_type,
        sentiment,
        cast(null as varchar) as product_id,
        cast(null as varchar) as campaign_id,
        false as is_machine,
        loaded_at
    from interactions
    where problem is null and copy = 1

)

select * from renamed
