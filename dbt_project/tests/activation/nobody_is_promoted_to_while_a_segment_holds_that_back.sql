-- Records about to be held by the destination of a promotion whose customer is in a segment that holds promotions back.
with

desired_records as (

    select * from {{ ref('desired_records') }}

),

syncs as (

    select * from {{ ref('syncs') }}

),

segment_settings as (

    select * from {{ ref('segment_settings') }}

),

segment_memberships as (

    select * from {{ ref('segment_memberships') }}

),

promoted_to as (

    select
        desired_records.sync,
        desired_records.customer_id,
        segment_memberships.segment
    from desired_records
    inner join syncs
        on desired_records.sync = syncs.sync
    inner join segment_memberships
        on desired_records.customer_id = segment_memberships.customer_id
    inner join segment_settings
        on segment_memberships.segment = segment_settings.segment
    where syncs.is_promotional and segment_settings.holds_back_promotions

)

select * from promoted_to
