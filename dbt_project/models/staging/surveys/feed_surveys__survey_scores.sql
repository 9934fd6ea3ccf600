-- One row per answer to "would you recommend us", 0 to 10.
with

responses as (

    select * from {{ ref('stg_surveys__responses') }}

),

scored as (

    select
        record_id,
        source,
        survey_type as metric,
        score,
        occurred_at as answered_at
    from responses
    where survey_type = 'nps'

)

select * from scored
