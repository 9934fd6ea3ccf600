-- One row per sync and member of its segment, with what each gate needs to know.
with

syncs as (

    select * from {{ ref('syncs') }}

),

segment_memberships as (

    select * from {{ ref('segment_memberships') }}

),

customer_keys as (

    select * from {{ ref('customer_keys') }}

),

sync_permissions as (

    select * from {{ ref('sync_permissions') }}

),

sync_suppressions as (

    select * from {{ ref('sync_suppressions') }}

),

sync_persons as (

    select * from {{ ref('sync_persons') }}

),

candidates as (

    select
        syncs.sync,
        syncs.segment,
        segment_memberships.customer_id,
        customer_keys.key_value as record_key,
        sync_permissions.permission_id,
        sync_suppressions.reason as suppression,
        coalesce(sync_persons.is_joined_by_likeness, false) as is_joined_by_likeness,
        coalesce(sync_persons.person_id, segment_memberships.customer_id) as person_id,
        coalesce(sync_persons.seniority, 0) as seniority
    from syncs
    inner join segment_memberships
        on syncs.segment = segment_memberships.segment
    left join customer_keys
        on
            segment_memberships.customer_id = customer_keys.customer_id
            and syncs.key_type = customer_keys.key_type
    left join sync_permissions
        on
            syncs.sync = sync_permissions.sync
            and segment_memberships.customer_id = sync_permissions.customer_id
    left join sync_suppressions
        on
            syncs.sync = sync_suppressions.sync
            and segment_memberships.customer_id = sync_suppressions.customer_id
    left join sync_persons
        on
            syncs.sync = sync_persons.sync
            and segment_memberships.customer_id = sync_persons.customer_id

)

select * from candidates
