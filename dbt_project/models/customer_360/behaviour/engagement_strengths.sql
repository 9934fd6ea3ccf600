-- One row per customer who ever did something that engages: the sum of it, each thing fading with its half-life.
{{ config(materialized='by_customer') }}

with

customer_days as (
    select * from {{ ref('customer_days') }}
    where {{ is_due() }}
),

interaction_signals as (
    select * from {{ ref('interaction_signals') }}
),

-- the cap is per kind and day, whatever the channel: a page that reloads itself all day is no enthusiasm
daily as (
    select
        customer_id,
        activity_day,
        interaction_type,
        sum(interactions_count) as interactions_count
    from customer_days
    group by customer_id, activity_day, interaction_type
),

faded as (
    select
        daily.customer_id,
        {{ decayed(
            'least(daily.interactions_count, interaction_signals.daily_cap) * interaction_signals.engagement_weight',
            days_ago('daily.activity_day'),
            'interaction_signals.half_life_days'
        ) }} as strength
    from daily
    inner join interaction_signals on daily.interaction_type = interaction_signals.interaction_type
),

engagement_strengths as (
    select
        customer_id,
        cast(sum(strength) as decimal(18, 6)) as engagement_strength
    from faded
    group by customer_id
)

select * from engagement_strengths
