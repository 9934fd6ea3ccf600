-- One row per raw row of web_events, parsed once; `problem` says why a row cannot be read.
{{ config(materialized='table') }}

with

source as (

    select * from {{ source('web', 'web_events') }}

),

parsed as (

    select
        {{ blank_to_null('event_id') }} as event_id,
        {{ normalise_code('event_type') }} as event_type,
        {{ parse_timestamp('occurred_at') }} as occurred_at,
        {{ normalise_code('platform') }} as platform,
        {{ blank_to_null('anonymous_id') }} as anonymous_id,
        {{ blank_to_null('user_id') }} as user_id,
        {{ blank_to_null('device_id') }} as device_id,
        {{ blank_to_null('wechat_openid') }} as wechat_openid,
        {{ blank_to_null('wechat_unionid') }} as wechat_unionid,
        {{ normalise_email('email') }} as email,
        {{ normalise_phone('phone', normalise_country('country')) }} as phone,
        {{ normalise_country('country') }} as country,
        {{ blank_to_null('product_id') }} as product_id,
        {{ blank_to_null('cart_id') }} as cart_id,
        {{ blank_to_null('page_url') }} as page_url,
        {{ blank_to_null('user_agent') }} as user_agent,
        _loaded_at as loaded_at,
        {{ whole_row('source') }} as source_row
    from source

),

checked as (

    select
        *,
        {{ first_problem(
            required_columns(['event_id'])
            + time_problems('occurred_at')
            + [unknown_code('event_type', [
                'page_view', 'product_view', 'search', 'add_to_cart', 'checkout_started', 'login', 'identify', 'usage',
            ])]
        ) }} as problem
    from parsed

),

numbered as (

    {{ number_copies('checked', 'event_id') }}

)

select * from numbered
