-- One row per month, channel, landing channel and step of the funnel: how many sessions came that far.
-- Who came further took the steps before, even where no event tells: an order can be placed from a mail.
with

funnel_ends as (
    select * from {{ ref('funnel_ends') }}
),

funnel_steps as (
    select * from {{ ref('funnel_steps') }}
),

reached as (
    select
        funnel_ends.month_begins_on,
        funnel_ends.channel,
        funnel_ends.landing_channel,
        funnel_steps.step_number,
        funnel_steps.funnel_step,
        case when funnel_ends.step_number >= funnel_steps.step_number then funnel_ends.sessions_count end
            as sessions_count,
        case when funnel_ends.step_number >= funnel_steps.step_number then funnel_ends.customers_count end
            as customers_count
    from funnel_ends
    cross join funnel_steps
),

counted as (
    select
        month_begins_on,
        channel,
        landing_channel,
        step_number,
        funnel_step,
        cast(coalesce(sum(sessions_count), 0) as {{ dbt.type_bigint() }}) as sessions_count,
        cast(coalesce(sum(customers_count), 0) as {{ dbt.type_bigint() }}) as customers_count
    from reached
    group by month_begins_on, channel, landing_channel, step_number, funnel_step
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
