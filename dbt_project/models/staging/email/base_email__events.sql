-- One row per raw row of email_events, parsed once; `problem` says why a row cannot be read.
{{ config(materialized='table') }}

with

source as (

    select * from {{ source('email', 'email_events') }}

),

parsed as (

    select
        {{ blank_to_null('email_event_id') }} as email_event_id,
        {{ key_or_content('email_event_id') }} as email_event_key,
        {{ normalise_email('email') }} as email,
        {{ blank_to_null('campaign_id') }} as campaign_id,
        {{ blank_to_null('message_id') }} as message_id,
        {{ normalise_code('event_type') }} as event_type,
        {{ parse_boolean('is_machine_open') }} as is_machine_open,
        {{ parse_timestamp('occurred_at') }} as occurred_at,
        _loaded_at as loaded_at,
        {{ whole_row('source') }} as source_row
    from source

),

checked as (

    select
        *,
        {{ first_problem(
            required_columns(['email_event_id', 'email'])
            + [unknown_code('event_type', ['sent', 'delivered', 'open', 'click', 'bounce', 'complaint'])]
            + stop_time_problems('occurred_at')
            + unreadable_if_written(['is_machine_open'])
        ) }} as problem
    from parsed

),

numbered as (

    {{ number_copies('checked', 'email_event_key') }}

)

select * from numbered
