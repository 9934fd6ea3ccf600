-- One row per toss that put somebody into an arm, by us or by a campaign tool, with who that is today.
-- Test and internal accounts are in no experiment.
with

experiment_assignments as (
    select * from {{ ref('experiment_assignments') }}
),

campaign_assignments as (
    select * from {{ ref('campaign_assignments') }}
),

units as (
    select * from {{ ref('experiment_units') }}
),

syncs as (
    select * from {{ ref('syncs') }}
),

suppressions as (
    select * from {{ ref('suppressions') }}
),

tossed as (
    select
        assignments.assignment_id,
        assignments.experiment_id,
        case when assignments.experiment_id = 'universal' then 'universal' else 'audience' end as kind,
        replace(assignments.experiment_id, {{ audience_experiment("''") }}, '') as experiment,
        units.current_customer_id as customer_id,
        assignments.arm,
        1 - assignments.holdout_share as treatment_share,
        assignments.assigned_at,
        case
            when assignments.experiment_id = 'universal' then {{ universal_holdout('conversion_days') }}
            else coalesce(syncs.conversion_days, {{ var('conversion_days') }})
        end as conversion_days,
        syncs.holdout_until as ends_at
    from experiment_assignments as assignments
    left join units on assignments.unit_id = units.customer_id
    left join syncs on assignments.experiment_id = {{ audience_experiment('syncs.sync') }}
    union all
    select
        record_id as assignment_id,
        'campaign:' || campaign_id as experiment_id,
        'campaign' as kind,
        campaign_id as experiment,
        customer_id,
        arm,
        treatment_share,
        assigned_at,
        conversion_days,
        cast(null as {{ dbt.type_timestamp() }}) as ends_at
    from campaign_assignments
),

insiders as (
    select distinct customer_id
    from suppressions
    where reason in ('test', 'internal')
),

memberships as (
    select tossed.*
    from tossed
    left join insiders on tossed.customer_id = insiders.customer_id
    where insiders.customer_id is null
)

select * from memberships
