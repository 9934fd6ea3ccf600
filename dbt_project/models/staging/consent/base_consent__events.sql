-- One row per raw row of consent_events, parsed once; `problem` says why a row cannot be read.
{{ config(materialized='table') }}

with

source as (

    select * from {{ source('consent', 'consent_events') }}

),

parsed as (

    select
        {{ blank_to_null('consent_event_id') }} as consent_event_id,
        {{ key_or_content('consent_event_id') }} as consent_event_key,
        {{ blank_to_null('user_id') }} as user_id,
        {{ normalise_email('email') }} as email,
        {{ normalise_phone('phone') }} as phone,
        {{ normalise_card('loyalty_card') }} as loyalty_card,
        {{ known_code('purpose', ['marketing', 'personalisation', 'advertising']) }} as purpose,
        {{ known_code('channel', ['email', 'sms', 'ads']) }} as channel,
        {{ normalise_code('recipient') }} as recipient,
        upper({{ blank_to_null('jurisdiction') }}) as jurisdiction,
        {{ known_code('decision', ['granted', 'withdrawn']) }} as decision,
        {{ blank_to_null('policy_version') }} as policy_version,
        {{ blank_to_null('proof') }} as proof,
        {{ parse_timestamp('occurred_at') }} as occurred_at,
        _loaded_at as loaded_at,
        {{ whole_row('source') }} as source_row
    from source

),

checked as (

    select
        *,
        {{ first_problem(
            [
                ('coalesce(user_id, email, phone, loyalty_card) is null', 'names nobody'),
                ('consent_event_id is null', 'missing or unreadable consent_event_id'),
            ]
            + required_columns(['decision', 'purpose', 'channel', 'recipient'])
            + stop_time_problems('occurred_at')
        ) }} as problem
    from parsed

),

numbered as (

    {{ number_copies('checked', 'consent_event_key', then_by=['decision']) }}

)

select * from numbered
