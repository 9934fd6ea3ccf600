-- One row per month, channel, landing channel and step: how many sessions ended there, and for how many customers none
-- of theirs came further. A customer is counted once, which is cheaper than to count the distinct ones of each step.
{{ config(materialized='view') }}

with

sessions as (
    select * from {{ ref('sessions') }}
    where step_number >= 1
),

dated as (
    select
        customer_id,
        cast({{ dbt.date_trunc('month', 'started_at') }} as date) as month_begins_on,
        channel,
        landing_channel,
        step_number
    from sessions
),

farthest as (
    select
        customer_id,
        month_begins_on,
        channel,
        landing_channel,
        max(step_number) as step_number
    from dated
    group by customer_id, month_begins_on, channel, landing_channel
),

counted as (
    select
        month_begins_on,
        channel,
        landing_channel,
        step_number,
        1 as sessions_count,
        0 as customers_count
    from dated
    union all
    select
        month_begins_on,
        channel,
        landing_channel,
        step_number,
        0 as sessions_count,
        1 as customers_count
    from farthest
),

funnel_ends as (
    select
        month_begins_on,
        channel,
        landing_channel,
        step_number,
        cast(sum(sessions_count) as {{ dbt.type_bigint() }}) as sessions_count,
        cast(sum(customers_count) as {{ dbt.type_bigint() }}) as customers_count
    from counted
    group by month_begins_on, channel, landing_channel, step_number
)

select * from funnel_ends
