-- One row per raw row of the email source that could not be read.
with

unreadable as (

    {{ unreadable_rows(ref('base_email__events'), 'email', 'email_events', 'email_event_key') }}

)

select * from unreadable
