-- One row per sync, destination and key that the destination should hold and does not, or not as it should.
{{ config(materialized='view') }}

with

desired_records as (

    select * from {{ ref('desired_records') }}

),

receipt_states as (

    select * from {{ ref('receipt_states') }}

),

compared as (

    select
        desired_records.sync,
        desired_records.destination,
        desired_records.record_key,
        desired_records.customer_id,
        desired_records.permission_id,
        desired_records.payload,
        desired_records.payload_hash,
        receipt_states.last_outcome as previous_outcome,
        coalesce(
            receipt_states.held_operation != 'remove' and receipt_states.touched_operation != 'remove', false
        ) as is_held,
        coalesce(
            receipt_states.touched_operation != 'remove'
            and receipt_states.touched_outcome = 'accepted'
            and receipt_states.touched_payload_hash = desired_records.payload_hash,
            false
        ) as is_settled,
        coalesce(
            receipt_states.last_operation != 'remove'
            and receipt_states.last_outcome in ('pending', 'rejected')
            and receipt_states.last_payload_hash = desired_records.payload_hash,
            false
        ) as is_answered
    from desired_records
    left join receipt_states
        on
            desired_records.sync = receipt_states.sync
            and desired_records.destination = receipt_states.destination
            and desired_records.record_key = receipt_states.record_key

),

-- A job that still runs is not started twice, and what was rejected is not offered again until it has changed.
outgoing as (

    select
        sync,
        destination,
        case when is_held then 'update' else 'add' end as operation,
        record_key,
        customer_id,
        permission_id,
        payload,
        payload_hash,
        previous_outcome
    from compared
    where not is_settled and not is_answered

)

select * from outgoing
