-- One row per customer: their latest scores, and how often they asked for help.
with

customers as (
    select * from {{ ref('customer_identity') }}
),

survey_scores as (
    select * from {{ ref('survey_scores') }}
    where customer_id is not null and score is not null
),

tickets as (
    select * from {{ ref('interactions') }}
    where customer_id is not null and interaction_type = 'support_ticket'
),

placed as (
    select
        *,
        row_number() over (
            partition by customer_id, metric
            order by answered_at desc, record_id asc
        ) as place
    from survey_scores
),

latest as (
    select
        customer_id,
        max(score) filter (where metric = 'nps') as nps_score,
        max(answered_at) filter (where metric = 'nps') as nps_answered_at,
        max(score) filter (where metric = 'csat') as csat_score,
        max(answered_at) filter (where metric = 'csat') as csat_answered_at
    from placed
    where place = 1
    group by customer_id
),

asked as (
    select
        customer_id,
        count(*) as tickets_count,
        max(occurred_at) as last_ticket_at
    from tickets
    group by customer_id
),

customer_feedback as (
    select
        customers.customer_id,
        latest.nps_score,
        latest.nps_answered_at,
        latest.csat_score,
        latest.csat_answered_at,
        coalesce(asked.tickets_count, 0) as tickets_count,
        asked.last_ticket_at
    from customers
    left join latest on customers.customer_id = latest.customer_id
    left join asked on customers.customer_id = asked.customer_id
)

select * from customer_feedback
