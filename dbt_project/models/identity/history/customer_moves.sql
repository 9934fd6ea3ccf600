-- One row per run and pair of customers between whom identifiers moved in it.
with

assignments as (

    select * from {{ ref('identity_assignments') }}

),

moves as (

    select
        {{ change_key('run_number', "previous_customer_id || ':' || customer_id") }} as move_id,
        run_number,
        assigned_as_of,
        previous_customer_id,
        customer_id,
        count(*) as identifiers
    from assignments
    where change_kind = 'move'
    group by run_number, assigned_as_of, previous_customer_id, customer_id

)

select * from moves
