-- One row per sync and two customers whom it holds for one person: what one of them refuses, the other refuses too.
with

sync_persons as (

    select * from {{ ref('sync_persons') }}

),

companions as (

    select
        own.sync,
        own.customer_id,
        counterparts.customer_id as companion_id
    from sync_persons as own
    inner join sync_persons as counterparts
        on
            own.sync = counterparts.sync
            and own.person_id = counterparts.person_id
    where own.customer_id <> counterparts.customer_id

)

select * from companions
