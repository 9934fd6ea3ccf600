-- One row per experiment with customers in both arms: the totals of the treated beside those of the held out.
with

totals as (

    select * from {{ ref('experiment_totals') }}

),

pairs as (

    select
        treated.experiment_id,
        cast(treated.customers as double) as treated,
        cast(held_out.customers as double) as held_out,
        cast(treated.conversions as double) as treated_conversions,
        cast(held_out.conversions as double) as held_out_conversions,
        treated.mean_revenue as treated_revenue,
        held_out.mean_revenue as held_out_revenue,
        treated.revenue_variance / treated.customers as treated_variance_of_mean,
        held_out.revenue_variance / held_out.customers as held_out_variance_of_mean
    from totals as treated
    inner join totals as held_out
        on treated.experiment_id = held_out.experiment_id
    where treated.arm = 'treatment' and held_out.arm = 'control'

)

select * from pairs
