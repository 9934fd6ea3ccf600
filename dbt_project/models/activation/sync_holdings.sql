-- One row per sync and customer whom its destination holds already, or may hold: for them to stay is no new contact.
with

syncs as (

    select * from {{ ref('syncs') }}

),

receipt_states as (

    select * from {{ ref('receipt_states') }}

),

customer_heirs as (

    select * from {{ ref('customer_heirs') }}

),

sync_companions as (

    select * from {{ ref('sync_companions') }}

),

held as (

    select
        receipt_states.sync,
        case
            when receipt_states.is_held then receipt_states.held_customer_id
            else receipt_states.written_customer_id
        end as customer_id
    from receipt_states
    inner join syncs
        on
            receipt_states.sync = syncs.sync
            and receipt_states.destination = syncs.destination
    where receipt_states.is_held or receipt_states.is_lost or receipt_states.is_being_written

),

own as (

    select
        held.sync,
        coalesce(customer_heirs.current_customer_id, held.customer_id) as customer_id
    from held
    left join customer_heirs
        on held.customer_id = customer_heirs.customer_id
    where held.customer_id is not null

),

everybody as (

    {{ with_companions('own', []) }}

),

holdings as (

    select distinct
        sync,
        customer_id
    from everybody

)

select * from holdings
