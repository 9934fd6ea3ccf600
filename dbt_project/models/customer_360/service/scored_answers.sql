-- One row per answer to a question of satisfaction, with what it counts for.
with

survey_scores as (
    select * from {{ ref('survey_scores') }}
    where score is not null
),

scored_answers as (
    select
        record_id,
        customer_id,
        source,
        metric,
        score,
        -- promoters less detractors; and the satisfied, of everybody
        case
            when metric = 'nps' and score >= 9 then 1
            when metric = 'nps' and score <= 6 then -1
            when metric = 'csat' and score >= 4 then 1
            when metric in ('nps', 'csat') then 0
        end as points,
        answered_at
    from survey_scores
)

select * from scored_answers
