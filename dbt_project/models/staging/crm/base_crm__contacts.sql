-- One row per raw row of either CRM instance, parsed once; `problem` says why a row cannot be read.
{{ config(materialized='table') }}

with

north as (

    select * from {{ source('crm', 'crm_north_contacts') }}

),

south as (

    select * from {{ source('crm', 'crm_south_contacts') }}

),

source as (

    select
        'north' as instance,
        {{ whole_row('north') }} as source_row,
        *
    from north
    union all
    select
        'south' as instance,
        {{ whole_row('south') }} as source_row,
        *
    from south

),

parsed as (

    select
        instance,
        {{ blank_to_null('contact_id') }} as contact_id,
        {{ normalise_email('email') }} as email,
        {{ normalise_phone('phone', normalise_country('country')) }} as phone,
        {{ normalise_name('first_name') }} as first_name,
        {{ normalise_name('last_name') }} as last_name,
        {{ parse_birth_date('birth_date') }} as birth_date,
        {{ normalise_gender('gender') }} as gender,
        {{ normalise_country('country') }} as country,
        {{ normalise_name('city') }} as city,
        {{ blank_to_null('postal_code') }} as postal_code,
        {{ normalise_code('lifecycle_stage') }} as lifecycle_stage,
        {{ parse_timestamp('created_at') }} as created_at,
        {{ parse_timestamp('updated_at') }} as updated_at,
        _loaded_at as loaded_at,
        source_row
    from source

),

checked as (

    select
        *,
        {{ first_problem(required_columns(['contact_id']) + time_problems('created_at')) }} as problem
    from parsed

),

numbered as (

    {{ number_copies('checked', 'instance, contact_id', then_by=['updated_at']) }}

)

select * from numbered
