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

-- Where a sync holds several customers for one person, who is held out holds out all of them.
everybody as (
    select * from own
    union
    select
        own.sync,
        sync_companions.companion_id as customer_id,
        own.reason
    from own
    inner join sync_companions
        on own.sync = sync_companions.sync and own.customer_id = sync_companions.customer_id
),

ranked as (
    select
        sync,
        customer_id,
        reason,
        row_number() over (
            partition by sync, customer_id
            order by case when reason = 'universal holdout' then 0 else 1 end, reason
        ) as place
    from everybody
),

holdouts as (
    select
        sync,
        customer_id,
        reason
    from ranked
    where place = 1
)

select * from holdouts
