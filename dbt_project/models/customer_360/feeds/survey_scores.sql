-- One row per score that somebody gave before as_of.
with

feed as (
    {{ union_feed('survey_scores') }}
),

record_customers as (
    select * from {{ ref('record_customers') }}
),

survey_scores as (
    select
        feed.record_id,
        record_customers.customer_id,
        feed.source,
        feed.metric,
        feed.score,
        feed.answered_at
    from feed
    left join record_customers on feed.record_id = record_customers.record_id
    where feed.answered_at < {{ as_of() }}
)

select * from survey_scores
