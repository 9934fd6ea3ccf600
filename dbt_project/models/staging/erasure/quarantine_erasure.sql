-- One row per raw row of the erasure source that could not be read.
with

unreadable as (

    {{ unreadable_rows(ref('base_erasure__requests'), 'erasure', 'erasure_requests', 'request_key') }}

)

select * from unreadable
