-- One row per raw row of erasure_requests, parsed once; `problem` says why a row cannot be read.
{{ config(materialized='table') }}

with

source as (

    select * from {{ source('erasure', 'erasure_requests') }}

),

parsed as (

    select
        {{ blank_to_null('request_id') }} as request_id,
        {{ key_or_content('request_id') }} as request_key,
        {{ blank_to_null('user_id') }} as user_id,
        {{ normalise_email('email') }} as email,
        {{ normalise_phone('phone') }} as phone,
        upper({{ blank_to_null('jurisdiction') }}) as jurisdiction,
        {{ parse_timestamp('requested_at') }} as requested_at,
        _loaded_at as loaded_at,
        {{ whole_row('source') }} as source_row
    from source

),

checked as (

    select
        *,
        {{ first_problem(
            [
                ('coalesce(user_id, email, phone) is null', 'names nobody'),
                ('request_id is null', 'missing or unreadable request_id'),
            ]
            + stop_time_problems('requested_at')
        ) }} as problem
    from parsed

),

numbered as (

    {{ number_copies('checked', 'request_key') }}

)

select * from numbered
