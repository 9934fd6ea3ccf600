-- One row per sync and customer to whom it must not send, with the gravest reason.
{{ config(materialized='view') }}

with

syncs as (

    select * from {{ ref('syncs') }}

),

suppressions as (

    select * from {{ ref('suppressions') }}

),

sync_companions as (

    select * from {{ ref('sync_companions') }}

),

own as (

    select
        syncs.sync,
        suppressions.customer_id,
        suppressions.reason
    from syncs
    inner join suppressions
        on suppressions.channel in (syncs.channel, 'any')

),

-- Where a sync holds several customers for one person, what is said about one of them is said about all.
everybody as (

    select * from own
    union
    select
        own.sync,
        sync_companions.companion_id as customer_id,
        own.reason
    from own
    inner join sync_companions
        on own.sync = sync_companions.sync and own.customer_id = sync_companions.customer_id

),

ranked as (

    select
        sync,
        customer_id,
        reason,
        row_number() over (
            partition by sync, customer_id
            order by {{ gravity('reason') }}, reason
        ) as gravity
    from everybody

),

gravest as (

    select
        sync,
        customer_id,
        reason
    from ranked
    where gravity = 1

)

select * from gravest
