-- One row per raw row of loyalty_members, parsed once; `problem` says why a row cannot be read.
{{ config(materialized='table') }}

with

source as (

    select * from {{ source('loyalty', 'loyalty_members') }}

),

parsed as (

    select
        {{ blank_to_null('card_number') }} as card_number,
        {{ normalise_card('card_number') }} as loyalty_card,
        {{ blank_to_null('user_id') }} as user_id,
        {{ normalise_email('email') }} as email,
        {{ normalise_phone('phone', normalise_country('country')) }} as phone,
        {{ normalise_name('first_name') }} as first_name,
        {{ normalise_name('last_name') }} as last_name,
        {{ parse_birth_date('birth_date') }} as birth_date,
        {{ normalise_country('country') }} as country,
        {{ normalise_name('city') }} as city,
        {{ blank_to_null('postal_code') }} as postal_code,
        {{ normalise_code('tier') }} as tier,
        {{ parse_integer('points') }} as points,
        {{ parse_timestamp('joined_at') }} as joined_at,
        {{ parse_timestamp('updated_at') }} as updated_at,
        _loaded_at as loaded_at,
        {{ whole_row('source') }} as source_row
    from source

),

checked as (

    select
        *,
        {{ first_problem(required_columns(['card_number']) + time_problems('joined_at')) }} as problem
    from parsed

),

numbered as (

    {{ number_copies('checked', 'card_number', then_by=['updated_at']) }}

)

select * from numbered
