-- One row per raw row of shop_customers, parsed once; `problem` says why a row cannot be read.
{{ config(materialized='table') }}

with

source as (

    select * from {{ source('shop', 'shop_customers') }}

),

parsed as (

    select
        {{ blank_to_null('user_id') }} as user_id,
        {{ normalise_email('email') }} as email,
        {{ normalise_phone('phone', normalise_country('country')) }} as phone,
        {{ normalise_name('first_name') }} as first_name,
        {{ normalise_name('last_name') }} as last_name,
        {{ parse_birth_date('birth_date') }} as birth_date,
        {{ normalise_gender('gender') }} as gender,
        {{ normalise_country('country') }} as country,
        {{ normalise_name('city') }} as city,
        {{ blank_to_null('postal_code') }} as postal_code,
        {{ parse_timestamp('created_at') }} as created_at,
        {{ parse_timestamp('updated_at') }} as updated_at,
        _loaded_at as loaded_at,
        {{ whole_row('source') }} as source_row
    from source

),

checked as (

    select
        *,
        {{ first_problem(required_columns(['user_id']) + time_problems('created_at')) }} as problem
    from parsed

),

numbered as (

    {{ number_copies('checked', 'user_id', then_by=['updated_at']) }}

)

select * from numbered
