-- One row per customer: their latest scores, their mean, and how often they asked for help.
{{ config(materialized='by_customer') }}

with

customers as (
    select * from {{ ref('customer_identity') }}
    where {{ is_due() }}
),

scored_answers as (
    select * from {{ ref('scored_answers') }}
    where {{ is_due() }}
),

tickets as (
    select * from {{ ref('tickets') }}
    where {{ is_due() }}
),

placed as (
    select
        *,
        row_number() over (
            partition by customer_id, metric
            order by answered_at desc, record_id asc
        ) as place
    from scored_answers
),

answered as (
    select
        customer_id,
        max(score) filter (where metric = 'nps' and place = 1) as nps_score,
        max(answered_at) filter (where metric = 'nps') as nps_answered_at,
        cast(sum(score) filter (where metric = 'nps') as decimal(18, 4)) as nps_sum,
        count(*) filter (where metric = 'nps') as nps_answers,
        max(score) filter (where metric = 'csat' and place = 1) as csat_score,
        max(answered_at) filter (where metric = 'csat') as csat_answered_at,
        cast(sum(score) filter (where metric = 'csat') as decimal(18, 4)) as csat_sum,
        count(*) filter (where metric = 'csat') as csat_answers
    from placed
    group by customer_id
),

asked as (
    select
        customer_id,
        count(*) as tickets_count,
        max(opened_at) as last_ticket_at
    from tickets
    group by customer_id
),

customer_feedback as (
    select
        customers.customer_id,
        answered.nps_score,
        answered.nps_answered_at,
        cast(answered.nps_sum / nullif(answered.nps_answers, 0) as decimal(9, 4)) as nps_mean,
        coalesce(answered.nps_answers, 0) as nps_answers,
        answered.csat_score,
        answered.csat_answered_at,
        cast(answered.csat_sum / nullif(answered.csat_answers, 0) as decimal(9, 4)) as csat_mean,
        coalesce(answered.csat_answers, 0) as csat_answers,
        coalesce(asked.tickets_count, 0) as tickets_count,
        asked.last_ticket_at
    from customers
    left join answered on customers.customer_id = answered.customer_id
    left join asked on customers.customer_id = asked.customer_id
)

select * from customer_feedback
