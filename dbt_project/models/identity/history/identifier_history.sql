-- One row per identifier and time in which it was one customer's: from the as_of of one run until that of the run that
-- changed it.
with

assignments as (

    select * from {{ ref('identity_assignments') }}

),

spans as (

    select
        assignment_id,
        identifier_id,
        customer_id,
        assigned_as_of as valid_from,
        lead(assigned_as_of) over (
            partition by identifier_id
            order by run_number
        ) as valid_to,
        run_number as from_run,
        lead(run_number) over (
            partition by identifier_id
            order by run_number
        ) as to_run
    from assignments

),

owned as (

    select
        assignment_id,
        identifier_id,
        customer_id,
        valid_from,
        valid_to,
        from_run,
        to_run,
        to_run is null as is_current
    from spans
    where customer_id is not null

)

select * from owned
