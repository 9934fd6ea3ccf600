-- One row per experiment of our own and customer whom every gate before the holdout lets through in this build.
with

gates as (

    select * from {{ ref('audience_gates') }}

),

syncs as (

    select * from {{ ref('syncs') }}

),

units as (

    select * from {{ ref('experiment_units') }}

),

eligible as (

    select
        gates.customer_id,
        coalesce(units.unit_id, gates.customer_id) as unit_id,
        syncs.*
    from gates
    inner join syncs on gates.sync = syncs.sync
    left join units on gates.customer_id = units.customer_id
    where gates.reason is null

),

candidates as (

    select
        {{ audience_experiment('sync') }} as experiment_id,
        sync as salt,
        customer_id,
        unit_id,
        holdout_share
    from eligible
    where holdout_share > 0 and (holdout_until is null or holdout_until > {{ as_of() }})
    union
    select
        'universal' as experiment_id,
        'universal' as salt,
        customer_id,
        unit_id,
        {{ universal_holdout('share') }} as holdout_share
    from eligible
    where is_promotional and {{ universal_holdout('share') }} > 0

)

select * from candidates
