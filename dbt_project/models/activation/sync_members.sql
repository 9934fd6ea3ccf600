-- One row per sync and customer whom it asks for consent: a member of its segment, or one person with a member of it.
{{ config(materialized='view') }}

with

syncs as (

    select * from {{ ref('syncs') }}

),

segment_memberships as (

    select * from {{ ref('segment_memberships') }}

),

sync_companions as (

    select * from {{ ref('sync_companions') }}

),

own as (

    select
        syncs.sync,
        segment_memberships.customer_id
    from syncs
    inner join segment_memberships
        on syncs.segment = segment_memberships.segment

),

members as (

    select
        sync,
        customer_id
    from own
    union
    select
        own.sync,
        sync_companions.companion_id as customer_id
    from own
    inner join sync_companions
        on own.sync = sync_companions.sync and own.customer_id = sync_companions.customer_id

)

select * from members
