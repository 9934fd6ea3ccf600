-- One row per raw row of the support source that could not be read.
with

unreadable as (

    {{ unreadable_rows(ref('base_support__tickets'), 'support', 'support_tickets', 'ticket_id') }}

)

select * from unreadable
