-- One row per experiment: what it brought, with its uncertainty; nothing but the reason where that cannot be said.
with

sizes as (
    select * from {{ ref('experiment_sizes') }}
),

ratios as (
    select * from {{ ref('experiment_sample_ratios') }}
),

conversions as (
    select * from {{ ref('experiment_conversions') }}
),

revenues as (
    select * from {{ ref('experiment_revenues') }}
),

judged as (
    select
        ratios.*,
        case
            when ratios.expected_treatment is null then 'blocked: the planned split is not stated'
            when least(ratios.expected_treatment, ratios.expected_control) <= 0 then 'nobody is held out'
            when ratios.sample_ratio_p_value < 0.001 then 'blocked: the split is not the planned one'
            when conversions.experiment_id is null then 'waiting'
            when not conversions.is_large_enough then 'too small'
            when conversions.p_value < 0.05 then 'significant'
            else 'not significant'
        end as status
    from ratios
    left join conversions on ratios.experiment_id = conversions.experiment_id
),

results as (
    select
        judged.experiment_id,
        judged.kind,
        judged.experiment,
        judged.status,
        sizes.first_assigned_at,
        sizes.conversion_days,
        coalesce(sizes.treated, 0) as treated,
        coalesce(sizes.held_out, 0) as held_out,
        coalesce(sizes.waiting, 0) as waiting,
        case when judged.kind != 'campaign' then sizes.treated_reached end as treated_reached,
        case when judged.kind != 'campaign' then sizes.held_out_reached end as held_out_reached,
        judged.lost,
        judged.sample_ratio_p_value,
        conversions.treated_rate,
        conversions.held_out_rate,
        conversions.lift,
        conversions.lift_low,
        conversions.lift_high,
        conversions.z,
        conversions.p_value,
        conversions.incremental_conversions,
        revenues.treated_revenue,
        revenues.held_out_revenue,
        revenues.revenue_lift,
        revenues.revenue_lift_low,
        revenues.revenue_lift_high,
        revenues.incremental_revenue,
        coalesce(sizes.contaminated, 0) as contaminated,
        coalesce(sizes.contaminated_conversions, 0) as contaminated_conversions
    from judged
    left join sizes on judged.experiment_id = sizes.experiment_id
    left join conversions
        on judged.experiment_id = conversions.experiment_id and judged.status in ('significant', 'not significant')
    left join revenues on conversions.experiment_id = revenues.experiment_id
)

select * from results
