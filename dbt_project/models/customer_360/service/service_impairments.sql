-- One row per thing in which service fell short for a customer: the reason, when it began, and when it was over.
{{ config(materialized='by_customer') }}

with

score_impairments as (
    select * from {{ ref('score_impairments') }}
    where {{ is_due() }}
),

ticket_impairments as (
    select * from {{ ref('ticket_impairments') }}
    where {{ is_due() }}
),

late_deliveries as (
    select * from {{ ref('late_deliveries') }}
    where {{ is_due() }}
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
