-- One row per answer that says that service fell short: a low rating, or a detractor who asked for help as well.
{{ config(materialized='by_customer') }}

with

scored_answers as (
    select * from {{ ref('scored_answers') }}
    where {{ is_due() }}
),

tickets as (
    select * from {{ ref('tickets') }}
    where {{ is_due() }}
),

low_ratings as (
    select
        customer_id,
        'low_csat' as reason,
        record_id,
        answered_at as began_at,
        answered_at as ended_at
    from scored_answers
    where metric = 'csat' and score <= {{ var('low_csat') }}
),

-- the second of the two makes it one: the answer after a ticket, or the first ticket after the answer
detractors_with_tickets as (
    select
        scored_answers.customer_id,
        'low_nps' as reason,
        scored_answers.record_id,
        min(greatest(scored_answers.answered_at, tickets.opened_at)) as began_at,
        min(greatest(scored_answers.answered_at, tickets.opened_at)) as ended_at
    from scored_answers
    inner join tickets
        on
            scored_answers.customer_id = tickets.customer_id
            and tickets.opened_at
            >= {{ dbt.dateadd('day', -var('detractor_ticket_days'), 'scored_answers.answered_at') }}
            and tickets.opened_at
            <= {{ dbt.dateadd('day', var('detractor_ticket_days'), 'scored_answers.answered_at') }}
    where scored_answers.metric = 'nps' and scored_answers.points = -1
    group by scored_answers.customer_id, scored_answers.record_id
),

score_impairments as (
    select * from low_ratings
    union all
    select * from detractors_with_tickets
)

select * from score_impairments
