-- One row per raw row of the loyalty scheme that could not be read.
with

unreadable as (

    {{ unreadable_rows(ref('base_loyalty__members'), 'loyalty', 'loyalty_members', 'card_number') }}

)

select * from unreadable
