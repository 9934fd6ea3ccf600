-- One row per raw row of enrichment_tags, parsed once; `problem` says why a row cannot be read.
{{ config(materialized='table') }}

with

source as (

    select * from {{ source('enrichment', 'enrichment_tags') }}

),

parsed as (

    select
        {{ blank_to_null('tag_id') }} as tag_id,
        {{ normalise_email('email') }} as email,
        {{ hash_or_null('email_sha256') }} as email_sha256,
        {{ normalise_phone('phone') }} as phone,
        {{ hash_or_null('phone_sha256') }} as phone_sha256,
        {{ normalise_code('tag') }} as tag,
        {{ normalise_code('tag_value') }} as tag_value,
        {{ parse_decimal('confidence', 4) }} as confidence,
        {{ normalise_code('provider') }} as provider_name,
        {{ parse_timestamp('observed_at') }} as observed_at,
        {{ parse_timestamp('expires_at') }} as expires_at,
        _loaded_at as loaded_at,
        {{ whole_row('source') }} as source_row
    from source

),

checked as (

    select
        *,
        {{ first_problem(
            required_columns(['tag_id'])
            + time_problems('observed_at')
            + required_columns(['tag', 'tag_value', 'provider_name', 'confidence'])
            + unreadable_if_written(['expires_at'])
            + [
                ('confidence not between 0 and 1', 'confidence is not 0 to 1'),
                ('expires_at < observed_at', 'expires before it was observed'),
                ('coalesce(email, email_sha256, phone, phone_sha256) is null', 'no readable email, phone or hash'),
            ]
        ) }} as problem
    from parsed

),

numbered as (

    {{ number_copies('checked', 'tag_id') }}

)

select * from numbered
