-- One row per thing in which service fell short for a customer: the reason, when it began, and when it was over.
with

score_impairments as (
    select * from {{ ref('score_impairments') }}
),

ticket_impairments as (
    select * from {{ ref('ticket_impairments') }}
),

late_deliveries as (
    select * from {{ ref('late_deliveries') }}
),

found as (
    select * from score_impairments
    union all
    select * from ticket_impairments
    union all
    select * from late_deliveries
),

service_impairments as (
    select
        reason || ':' || record_id as impairment_id,
        customer_id,
        reason,
        began_at,
        ended_at,
        record_id
    from found
)

select * from service_impairments
