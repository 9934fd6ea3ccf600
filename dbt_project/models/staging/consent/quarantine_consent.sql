-- One row per raw row of the consent source that could not be read.
with

unreadable as (

    {{ unreadable_rows(ref('base_consent__events'), 'consent', 'consent_events', 'consent_event_key') }}

)

select * from unreadable
