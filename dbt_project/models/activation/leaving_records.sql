-- One row per sync, destination and key that the destination holds, or may hold, and should not.
-- Nobody needs a permission to be taken out. A removal waits for no job but its own, and is asked for until confirmed.
{{ config(materialized='view') }}

with

desired_records as (

    select * from {{ ref('desired_records') }}

),

receipt_states as (

    select * from {{ ref('receipt_states') }}

),

leaving as (

    select
        receipt_states.sync,
        receipt_states.destination,
        'remove' as operation,
        receipt_states.record_key,
        receipt_states.written_customer_id as customer_id,
        case
            when receipt_states.is_lost then 'unknown'
            else coalesce(receipt_states.removed_outcome, receipt_states.written_outcome)
        end as previous_outcome,
        receipt_states.external_id
    from receipt_states
    left join desired_records
        on
            receipt_states.sync = desired_records.sync
            and receipt_states.destination = desired_records.destination
            and receipt_states.record_key = desired_records.record_key
    where
        desired_records.record_key is null
        and (receipt_states.is_held or receipt_states.is_lost or receipt_states.is_being_written)
        and not receipt_states.is_being_removed

)

select * from leaving
