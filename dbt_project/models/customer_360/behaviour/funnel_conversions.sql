-- One row per month, channel, landing channel and step of the funnel: how many sessions came that far.
-- Who came further took the steps before, even where no event tells: an order can be placed from a mail.
with

sessions as (
    select * from {{ ref('sessions') }}
    where step_number >= 1
),

funnel_steps as (
    select * from {{ ref('funnel_steps') }}
),

counted as (
    select
        cast({{ dbt.date_trunc('month', 'sessions.started_at') }} as date) as month_begins_on,
        sessions.channel,
        sessions.landing_channel,
        funnel_steps.step_number,
        funnel_steps.funnel_step,
        count(*) filter (where sessions.step_number >= funnel_steps.step_number) as sessions_count,
        count(distinct case when sessions.step_number >= funnel_steps.step_number then sessions.customer_id end)
            as customers_count
    from sessions
    cross join funnel_steps
    group by 1, 2, 3, 4, 5
),

compared as (
    select
        *,
        first_value(sessions_count) over (
            partition by month_begins_on, channel, landing_channel
            order by step_number
        ) as visits_count,
        lag(sessions_count) over (
            partition by month_begins_on, channel, landing_channel
            order by step_number
        ) as sessions_before
    from counted
),

funnel_conversions as (
    select
        month_begins_on,
        channel,
        landing_channel,
        step_number,
        funnel_step,
        sessions_count,
        customers_count,
        {{ share_of('sessions_count', 'visits_count') }} as share_of_visits,
        {{ share_of('sessions_count', 'sessions_before') }} as share_of_step_before
    from compared
)

select * from funnel_conversions
