-- One row per sync and customer to whom it must not send, with the gravest reason.
{{ config(materialized='view') }}

with

syncs as (

    select * from {{ ref('syncs') }}

),

suppressions as (

    select * from {{ ref('suppressions') }}

),

segment_settings as (

    select * from {{ ref('segment_settings') }}

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
        suppressions.customer_id,
        suppressions.reason
    from syncs
    inner join suppressions
        on suppressions.channel in (syncs.channel, 'any')
    union all
    -- Whoever is owed an apology is not sold to meanwhile.
    select
        syncs.sync,
        segment_memberships.customer_id,
        segment_memberships.segment as reason
    from syncs
    inner join segment_settings
        on syncs.is_promotional and segment_settings.holds_back_promotions
    inner join segment_memberships
        on segment_settings.segment = segment_memberships.segment

),

gravest as (

    {{ gravest_reason('own', gravity('reason')) }}

)

select * from gravest
