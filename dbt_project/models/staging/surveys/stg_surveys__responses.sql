-- One row per answer to one question of a survey.
with

responses as (

    select * from {{ ref('base_surveys__responses') }}

),

renamed as (

    select
        'survey_responses:' || response_id as record_id,
        'surveys' as source,
        'surveys:' || response_id as interaction_id,
        'survey' as interaction_type,
        'survey' as channel,
        answered_at as occurred_at,
        survey_type,
        user_id,
        email,
        question,
        score,
        nullif(answer, '') as answer,
        cast(null as varchar) as product_id,
        cast(null as varchar) as campaign_id,
        false as is_machine,
        loaded_at
    from responses
    where problem is null and copy = 1

)

select * from renamed
