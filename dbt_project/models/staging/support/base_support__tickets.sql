-- One row per raw row of support_tickets, parsed once; `problem` says why a row cannot be read.
{{ config(materialized='table') }}

with

source as (

    select * from {{ source('support', 'support_tickets') }}

),

parsed as (

    select
        {{ blank_to_null('ticket_id') }} as ticket_id,
        {{ blank_to_null('user_id') }} as user_id,
        {{ normalise_email('email') }} as email,
        {{ normalise_phone('phone') }} as phone,
        {{ normalise_code('channel') }} as channel,
        {{ readable_text('subject') }} as subject,
        {{ normalise_code('status') }} as status,
        {{ normalise_code('priority') }} as priority,
        {{ parse_timestamp('opened_at') }} as opened_at,
        {{ parse_timestamp('due_at') }} as due_at,
        {{ parse_timestamp('first_replied_at') }} as first_replied_at,
        {{ parse_timestamp('solved_at') }} as solved_at,
        {{ parse_integer('reopened_count') }} as reopened_count,
        {{ parse_integer('csat_score') }} as csat_score,
        _loaded_at as loaded_at,
        {{ whole_row('source') }} as source_row
    from source

),

checked as (

    select
        *,
        {{ first_problem(
            required_columns(['ticket_id'])
            + time_problems('opened_at')
            + unreadable_if_written(['due_at', 'first_replied_at', 'solved_at', 'reopened_count', 'csat_score'])
            + [
                ('reopened_count < 0', 'negative reopened_count'),
                ('csat_score not between 1 and 5', 'csat_score is not 1 to 5'),
            ]
        ) }} as problem
    from parsed

),

numbered as (

    {{ number_copies('checked', 'ticket_id') }}

)

select * from numbered
