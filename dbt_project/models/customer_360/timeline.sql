-- One row per thing that happened to a customer before as_of, numbered in the order in which it happened.
{{ config(materialized='by_customer') }}

with

interactions as (
    select * from {{ ref('interactions') }}
    where {{ is_due() }}
),

purchase_events as (
    select * from {{ ref('purchase_events') }}
    where {{ is_due() }}
),

service_events as (
    select * from {{ ref('service_events') }}
    where {{ is_due() }}
),

milestones as (
    select * from {{ ref('milestones') }}
    where {{ is_due() }}
),

happened as (
    select
        'interaction:' || interaction_id as event_id,
        customer_id,
        occurred_at,
        interaction_type as event_type,
        source,
        record_id,
        coalesce(product_id, campaign_id, channel) as detail
    from interactions
    union all
    select * from purchase_events
    union all
    select * from service_events
    union all
    select
        'milestone:' || milestone_id as event_id,
        customer_id,
        occurred_at,
        milestone_type as event_type,
        source,
        record_id,
        detail
    from milestones
),

timeline as (
    select
        event_id,
        customer_id,
        row_number() over (
            partition by customer_id
            order by occurred_at, event_id
        ) as event_number,
        occurred_at,
        event_type,
        source,
        record_id,
        detail
    from happened
)

select * from timeline
