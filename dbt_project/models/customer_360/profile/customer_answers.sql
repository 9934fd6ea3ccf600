-- One row per customer and question of a survey in words: their latest answer.
with

feed as (
    {{ union_feed('survey_answers') }}
),

record_customers as (
    select * from {{ ref('record_customers') }}
),

survey_questions as (
    select * from {{ ref('survey_questions') }}
),

answered as (
    select
        record_customers.customer_id,
        feed.question,
        survey_questions.trait,
        feed.answer,
        feed.answered_at,
        feed.source,
        feed.record_id,
        row_number() over (
            partition by record_customers.customer_id, feed.question
            order by feed.answered_at desc, feed.record_id asc
        ) as answer_number
    from feed
    inner join record_customers on feed.record_id = record_customers.record_id
    left join survey_questions on feed.question = survey_questions.question
    where
        feed.answered_at < {{ as_of() }}
        and feed.answer is not null
),

customer_answers as (
    select
        customer_id,
        question,
        trait,
        answer,
        answered_at,
        source,
        record_id
    from answered
    where answer_number = 1
)

select * from customer_answers
