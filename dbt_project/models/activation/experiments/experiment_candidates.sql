-- One row per experiment of our own and customer who could be written to in this build if nobody were held out.
with

eligibles as (

    select * from {{ ref('experiment_eligibles') }}

),

syncs as (

    select * from {{ ref('syncs') }}

),

units as (

    select * from {{ ref('experiment_units') }}

),

eligible as (

    select
        eligibles.customer_id,
        coalesce(units.unit_id, eligibles.customer_id) as unit_id,
        syncs.*
    from eligibles
    inner join syncs on eligibles.sync = syncs.sync
    left join units on eligibles.customer_id = units.customer_id

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
