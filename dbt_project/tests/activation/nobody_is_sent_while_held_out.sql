-- Records about to be held by a destination whose customer, or somebody who went into them, is held out of the sync or
-- of every promotion. It reads the ledger itself, so that it does not believe what the audiences were told.
with

desired_records as (

    select * from {{ ref('desired_records') }}

),

syncs as (

    select * from {{ ref('syncs') }}

),

experiment_assignments as (

    select * from {{ ref('experiment_assignments') }}

),

experiment_units as (

    select * from {{ ref('experiment_units') }}

),

held_out as (

    select
        assignments.experiment_id,
        units.current_customer_id as customer_id
    from experiment_assignments as assignments
    inner join experiment_units as units on assignments.unit_id = units.customer_id
    where assignments.arm = 'control'

),

sent as (

    select
        desired_records.sync,
        desired_records.customer_id,
        held_out.experiment_id
    from desired_records
    inner join syncs on desired_records.sync = syncs.sync
    inner join held_out on desired_records.customer_id = held_out.customer_id
    where
        (held_out.experiment_id = 'universal' and syncs.is_promotional)
        or (
            held_out.experiment_id = {{ audience_experiment('desired_records.sync') }}
            and (syncs.holdout_until is null or syncs.holdout_until > {{ as_of() }})
        )

)

select * from sent
