-- One row per raw row of social_interactions, parsed once; `problem` says why a row cannot be read.
{{ config(materialized='table') }}

with

source as (

    select * from {{ source('social', 'social_interactions') }}

),

parsed as (

    select
        {{ blank_to_null('interaction_id') }} as interaction_id,
        {{ normalise_code('network') }} as network,
        lower(trim(leading '@' from {{ blank_to_null('handle') }})) as handle,
        {{ blank_to_null('wechat_openid') }} as wechat_openid,
        {{ blank_to_null('wechat_unionid') }} as wechat_unionid,
        {{ normalise_code('interaction_type') }} as social_type,
        {{ normalise_code('sentiment') }} as sentiment,
        {{ parse_timestamp('occurred_at') }} as occurred_at,
        _loaded_at as loaded_at,
        {{ whole_row('source') }} as source_row
    from source

),

checked as (

    select
        *,
        {{ first_problem(
            required_columns(['interaction_id', 'network'])
            + time_problems('occurred_at')
        ) }} as problem
    from parsed

),

numbered as (

    {{ number_copies('checked', 'interaction_id') }}

)

select * from numbered
