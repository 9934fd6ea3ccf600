-- One row per identifier, with whose it was before and after the last run that changed something.
with

assignments as (

    select * from {{ ref('identity_assignments') }}

),

entries as (

    select
        identifier_id,
        previous_customer_id,
        customer_id,
        run_number,
        row_number() over (
            partition by identifier_id
            order by run_number desc
        ) as entry,
        max(run_number) over () as last_run
    from assignments

),

owners as (

    select
        identifier_id,
        case when run_number = last_run then previous_customer_id else customer_id end as before_customer_id,
        customer_id as after_customer_id,
        last_run as run_number
    from entries
    where entry = 1

)

select * from owners
