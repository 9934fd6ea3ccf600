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
        desired_records.is_incomplete,
        receipt_states.written_outcome,
        receipt_states.external_id,
        coalesce(receipt_states.is_lost, false) as is_lost,
        coalesce(receipt_states.is_held and not receipt_states.is_lost, false) as is_held,
        coalesce(receipt_states.held_payload_hash = desired_records.payload_hash, false) as is_held_as_desired,
        coalesce(receipt_states.is_being_written or receipt_states.is_being_removed, false) as is_running,
        coalesce({{ is_rejected_as_it_stands() }}, false) as is_rejected
    from desired_records
    left join receipt_states
        on
            desired_records.sync = receipt_states.sync
            and desired_records.destination = receipt_states.destination
            and desired_records.record_key = receipt_states.record_key

),

-- While a job runs the next word waits for its end, what was rejected is not offered again until it has changed, and
-- what lacks a field that is needed leaves the destination as it is.
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
        case
            when is_lost then 'unknown'
            -- The lost answer was made up for by a later one that was confirmed.
            when written_outcome = 'unknown' then 'accepted'
            else written_outcome
        end as previous_outcome,
        external_id
    from compared
    where not (is_held and is_held_as_desired) and not is_running and not is_rejected and not is_incomplete

)

select * from outgoing
