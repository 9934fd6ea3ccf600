-- One row per experiment and arm: how many, how many of them bought, and what they brought.
with

outcomes as (

    select * from {{ ref('experiment_outcomes') }}

),

totals as (

    select
        experiment_id,
        arm,
        count(*) as customers,
        count(case when orders > 0 then 1 end) as conversions,
        sum(revenue) as revenue,
        avg(cast(revenue as double)) as mean_revenue,
        var_samp(cast(revenue as double)) as revenue_variance
    from outcomes
    group by experiment_id, arm

)

select * from totals
