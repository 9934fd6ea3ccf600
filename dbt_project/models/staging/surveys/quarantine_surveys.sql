-- One row per raw row of the surveys source that could not be read.
with

unreadable as (

    {{ unreadable_rows(ref('base_surveys__responses'), 'surveys', 'survey_responses', 'response_id') }}

)

select * from unreadable
