-- One row per pair of stages that followed one another: how often, and after how long.
with

journey_history as (
    select * from {{ ref('journey_history') }}
    where next_stage is not null
),

counted as (
    select
        journey_stage as from_stage,
        next_stage as to_stage,
        count(*) as transitions,
        percentile_cont(0.5) within group (
            order by dwell_days
        ) as median_days
    from journey_history
    group by journey_stage, next_stage
),

journey_transitions as (
    select
        from_stage,
        to_stage,
        transitions,
        cast(transitions * 1.0 / sum(transitions) over (partition by from_stage) as decimal(9, 6)) as transition_share,
        cast(median_days as decimal(12, 4)) as median_days
    from counted
)

select * from journey_transitions
