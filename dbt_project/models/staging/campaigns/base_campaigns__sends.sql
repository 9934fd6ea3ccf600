-- One row per raw row of campaign_sends, parsed once; `problem` says why a row cannot be read.
{{ config(materialized='table') }}

with

source as (

    select * from {{ source('campaigns', 'campaign_sends') }}

),

parsed as (

    select
        {{ blank_to_null('send_id') }} as send_id,
        {{ blank_to_null('campaign_id') }} as campaign_id,
        {{ normalise_code('channel') }} as channel,
        {{ blank_to_null('user_id') }} as user_id,
        {{ normalise_email('email') }} as email,
        {{ normalise_code('arm') }} as arm,
        {{ parse_timestamp('sent_at') }} as sent_at,
        _loaded_at as loaded_at,
        {{ whole_row('source') }} as source_row
    from source

),

checked as (

    select
        *,
        {{ first_problem(
            required_columns(['send_id', 'campaign_id', 'channel'])
            + [unknown_code('arm', ['treatment', 'control'])]
            + time_problems('sent_at')
        ) }} as problem
    from parsed

),

numbered as (

    {{ number_copies('checked', 'send_id') }}

)

select * from numbered
