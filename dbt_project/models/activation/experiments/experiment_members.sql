-- One row per experiment and customer who is analysed in it, with the time in which what they buy counts.
with

arms as (

    select * from {{ ref('experiment_arms') }}

),

holdouts as (

    select * from {{ ref('sync_holdouts') }}

),

exposures as (

    select * from {{ ref('experiment_exposures') }}

),

timed as (

    select
        arms.*,
        {{ dbt.dateadd('day', 'arms.conversion_days', 'arms.assigned_at') }} as closes_at
    from arms

),

-- Who is held out of everything can be in neither arm of a sync's own experiment. The two are tossed apart, so that
-- leaving them out moves no result.
members as (

    select
        timed.experiment_id,
        timed.customer_id,
        timed.arm,
        timed.assigned_at,
        timed.closes_at,
        timed.conversion_days,
        timed.closes_at <= {{ as_of() }} and (timed.ends_at is null or timed.closes_at <= timed.ends_at) as is_closed,
        exposures.customer_id is not null as is_reached
    from timed
    left join holdouts
        on
            timed.customer_id = holdouts.customer_id
            and timed.experiment_id = {{ audience_experiment('holdouts.sync') }}
            and holdouts.reason = 'universal holdout'
    left join exposures
        on timed.experiment_id = exposures.experiment_id and timed.customer_id = exposures.customer_id
    where holdouts.customer_id is null

)

select * from members
