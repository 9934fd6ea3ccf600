-- One row per raw row of ad_touches, parsed once; `problem` says why a row cannot be read.
{{ config(materialized='table') }}

with

source as (

    select * from {{ source('ads', 'ad_touches') }}

),

parsed as (

    select
        {{ blank_to_null('touch_id') }} as touch_id,
        {{ normalise_code('touch_type') }} as touch_type,
        {{ normalise_code('platform') }} as platform,
        {{ blank_to_null('campaign_id') }} as campaign_id,
        {{ blank_to_null('anonymous_id') }} as anonymous_id,
        {{ blank_to_null('device_id') }} as device_id,
        {{ parse_timestamp('occurred_at') }} as occurred_at,
        _loaded_at as loaded_at,
        {{ whole_row('source') }} as source_row
    from source

),

checked as (

    select
        *,
        {{ first_problem(
            required_columns(['touch_id'])
            + [unknown_code('touch_type', ['impression', 'click'])]
            + time_problems('occurred_at')
        ) }} as problem
    from parsed

),

numbered as (

    {{ number_copies('checked', 'touch_id') }}

)

select * from numbered
