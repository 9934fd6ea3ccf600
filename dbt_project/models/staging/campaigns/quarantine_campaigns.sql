-- One row per raw row of the campaigns source that could not be read.
with

unreadable as (

    {{ unreadable_rows(ref('base_campaigns__sends'), 'campaigns', 'campaign_sends', 'send_id') }}

)

select * from unreadable
