-- One row per sync, destination and key that was ever sent: the last words of the destination about it.
--   held     the last change that it confirmed
--   touched  the last change that it may have made: confirmed, taken for later, or sent with the answer lost
--   last     its last answer; being told to come back later is none
{{ config(materialized='view') }}

with

receipts as (

    select * from {{ ref('receipts') }}

),

latest as (

    select
        sync,
        destination,
        record_key,
        {{ latest(
            ['operation', 'payload_hash', 'customer_id', 'delivered_at'], ['delivered_at', 'receipt_id'],
            "outcome = 'accepted'"
        ) }} as held,
        {{ latest(
            ['operation', 'outcome', 'payload_hash', 'customer_id'], ['delivered_at', 'receipt_id'],
            "outcome in ('accepted', 'pending', 'unknown')"
        ) }} as touched,
        {{ latest(
            ['operation', 'outcome', 'payload_hash'], ['delivered_at', 'receipt_id'], "outcome != 'rate_limited'"
        ) }} as last
    from receipts
    group by sync, destination, record_key

),

states as (

    select
        sync,
        destination,
        record_key,
        latest.held.operation as held_operation,
        latest.held.customer_id as held_customer_id,
        latest.held.payload_hash as held_payload_hash,
        latest.held.delivered_at as held_at,
        latest.touched.operation as touched_operation,
        latest.touched.outcome as touched_outcome,
        latest.touched.payload_hash as touched_payload_hash,
        latest.touched.customer_id as touched_customer_id,
        latest.last.operation as last_operation,
        latest.last.outcome as last_outcome,
        latest.last.payload_hash as last_payload_hash
    from latest

),

-- A job that was taken may hold the record until it is answered; one that was refused changed nothing.
judged as (

    select
        *,
        coalesce(held_operation != 'remove', false)
        or coalesce(touched_outcome = 'unknown', false)
        or coalesce(touched_outcome = 'pending' and (last_outcome = 'pending' or touched_operation = 'remove'), false)
            as may_be_held,
        coalesce(last_operation = 'remove' and last_outcome = 'pending', false) as is_being_removed
    from states

)

select * from judged
