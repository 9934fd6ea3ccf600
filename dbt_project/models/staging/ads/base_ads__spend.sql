-- One row per raw row of ad_spend, parsed once; `problem` says why a row cannot be read.
{{ config(materialized='table') }}

with

source as (

    select * from {{ source('ads', 'ad_spend') }}

),

parsed as (

    select
        {{ blank_to_null('spend_id') }} as spend_id,
        {{ parse_date('spend_date') }} as spend_date,
        {{ normalise_code('platform') }} as platform,
        {{ blank_to_null('campaign_id') }} as campaign_id,
        {{ parse_integer('impressions') }} as impressions,
        {{ parse_integer('clicks') }} as clicks,
        {{ parse_decimal('spend') }} as spend,
        {{ normalise_currency('currency') }} as currency,
        _loaded_at as loaded_at,
        {{ whole_row('source') }} as source_row
    from source

),

checked as (

    select
        *,
        {{ first_problem(
            required_columns(['spend_id', 'spend_date', 'platform', 'spend', 'currency'])
            + unreadable_if_written(['impressions', 'clicks'])
        ) }} as problem
    from parsed

),

numbered as (

    {{ number_copies('checked', 'spend_id') }}

)

select * from numbered
