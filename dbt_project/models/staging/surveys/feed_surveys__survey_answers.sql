-- One row per answer in words: what somebody said of themselves.
with

responses as (

    select * from {{ ref('stg_surveys__responses') }}

),

described as (

    select
        record_id,
        source,
        question,
        answer,
        occurred_at as answered_at
    from responses
    where
        survey_type = 'psychographic'
        and question is not null

)

select * from described
