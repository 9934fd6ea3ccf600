-- One row per raw row of the ads source that could not be read.
with

touches as (

    {{ unreadable_rows(ref('base_ads__touches'), 'ads', 'ad_touches', 'touch_id') }}

),

spend as (

    {{ unreadable_rows(ref('base_ads__spend'), 'ads', 'ad_spend', 'spend_id') }}

),

combined as (

    select * from touches
    union all
    select * from spend

)

select * from combined
