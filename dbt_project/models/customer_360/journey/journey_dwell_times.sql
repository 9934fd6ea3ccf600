-- One row per stage: how many stays there were, how long those lasted that are over, and who is there now.
with

journey_history as (
    select
        *,
        case when valid_to is not null then dwell_days end as ended_days
    from {{ ref('journey_history') }}
),

summed as (
    select
        journey_stage,
        count(*) as stays,
        count(valid_to) as ended_stays,
        count(*) filter (where valid_to is null) as customers_now,
        avg(ended_days) as mean_days,
        percentile_cont(0.5) within group (
            order by ended_days
        ) as median_days,
        percentile_cont(0.9) within group (
            order by ended_days
        ) as p90_days
    from journey_history
    group by journey_stage
),

journey_dwell_times as (
    select
        journey_stage,
        stays,
        ended_stays,
        customers_now,
        cast(mean_days as decimal(12, 4)) as mean_days,
        cast(median_days as decimal(12, 4)) as median_days,
        cast(p90_days as decimal(12, 4)) as p90_days
    from summed
)

select * from journey_dwell_times
