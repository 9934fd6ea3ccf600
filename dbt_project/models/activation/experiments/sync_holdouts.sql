-- One row per sync and customer whom it does not write to so that its effect can be measured, with the reason.
with

syncs as (
    select * from {{ ref('syncs') }}
),

experiment_arms as (
    select * from {{ ref('experiment_arms') }}
),

sync_companions as (
    select * from {{ ref('sync_companions') }}
),

-- Half treated is held out too: whom one of two tosses promised to leave alone is left alone.
own as (
    select
        syncs.sync,
        arms.customer_id,
        case
            when arms.experiment_id = 'universal' then 'universal holdout'
            when arms.arm = 'control' then 'holdout'
            else 'holdout: merged with somebody who is not held out'
        end as reason
    from experiment_arms as arms
    inner join syncs
        on
            (arms.experiment_id = 'universal' and syncs.is_promotional)
            or (
                arms.experiment_id = {{ audience_experiment('syncs.sync') }}
                and (syncs.holdout_until is null or syncs.holdout_until > {{ as_of() }})
            )
    where arms.arm != 'treatment'
),

holdouts as (
    {{ gravest_reason('own', "case when reason = 'universal holdout' then 0 else 1 end") }}
)

select * from holdouts
