-- One row per sync and two customers whom it holds for one person: what one of them refuses, the other refuses too.
with

sync_persons as (

    select * from {{ ref('sync_persons') }}

),

companions as (

    select
        own.sync,
        own.customer_id,
        others.customer_id as companion_id
    from sync_persons as own
    inner join sync_persons as others
        on
            own.sync = others.sync
            and own.person_id = others.person_id
    where own.customer_id <> others.customer_id

)

select * from companions
