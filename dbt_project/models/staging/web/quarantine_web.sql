-- One row per raw row of the web source that could not be read.
with

unreadable as (

    {{ unreadable_rows(ref('base_web__events'), 'web', 'web_events', 'event_id') }}

)

select * from unreadable
