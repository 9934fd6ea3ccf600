-- One row per raw row of the social source that could not be read.
with

unreadable as (

    {{ unreadable_rows(ref('base_social__interactions'), 'social', 'social_interactions', 'interaction_id') }}

)

select * from unreadable
