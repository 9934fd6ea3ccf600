-- One row per customer, condition of a journey stage, and moment at which something happened that counts for it.
{{ config(materialized='by_customer') }}

with

journey_events as (
    select * from {{ ref('journey_events') }}
),

interaction_types as (
    select * from {{ ref('interaction_types') }}
),

interactions as (
    select * from {{ ref('interactions') }}
    where {{ is_due() }} and not is_machine
),

journey_purchases as (
    select * from {{ ref('journey_purchases') }}
    where {{ is_due() }}
),

first_deliveries as (
    select * from {{ ref('first_deliveries') }}
    where {{ is_due() }}
),

conditions_of_types as (
    select
        event_type as interaction_type,
        condition
    from journey_events
    union distinct
    select
        interaction_types.interaction_type,
        journey_events.condition
    from interaction_types
    inner join journey_events on journey_events.event_type = 'visit'
    where interaction_types.is_visit
),

counted as (
    select
        interactions.customer_id,
        conditions_of_types.condition,
        interactions.occurred_at
    from interactions
    inner join conditions_of_types on interactions.interaction_type = conditions_of_types.interaction_type
    union all
    select
        journey_purchases.customer_id,
        journey_events.condition,
        journey_purchases.occurred_at
    from journey_purchases
    inner join journey_events on journey_purchases.event_type = journey_events.event_type
),

-- who has nothing in their hands yet uses nothing yet
journey_signals as (
    select distinct
        counted.customer_id,
        counted.condition,
        counted.occurred_at
    from counted
    left join first_deliveries on counted.customer_id = first_deliveries.customer_id
    where counted.condition <> 'used' or counted.occurred_at > first_deliveries.delivered_at
)

select * from journey_signals
