-- One row per sync, destination and key that was ever sent: the last words of the destination about it.
--   held      the last change that it confirmed
--   written   its last answer about an addition or update
--   removed   its last answer about a removal
--   lost      the last change of which the answer was lost, so that it may have been made
--   named     what the destination calls the record, when it last said so
-- Being told to come back later is no answer.
{{ config(materialized='view') }}

with

counted_receipts as (

    select * from {{ ref('counted_receipts') }}

),

-- Nearly every key has one receipt that still says something, about which nothing has to be gathered.
latest as (

    select
        sync,
        destination,
        record_key,
        {{ state_words('only') }}
    from counted_receipts
    where is_alone
    union all
    select
        sync,
        destination,
        record_key,
        {{ state_words('latest') }}
    from counted_receipts
    where not is_alone
    group by sync, destination, record_key

),

states as (

    select
        latest.sync,
        latest.destination,
        latest.record_key,
        latest.held.operation as held_operation,
        latest.held.customer_id as held_customer_id,
        latest.held.payload_hash as held_payload_hash,
        latest.held.delivered_at as held_at,
        latest.written.outcome as written_outcome,
        latest.written.customer_id as written_customer_id,
        latest.written.payload_hash as written_payload_hash,
        latest.removed.outcome as removed_outcome,
        latest.named.external_id,
        coalesce(latest.held.operation != 'remove', false) as is_held,
        coalesce(latest.written.outcome = 'pending', false) as is_being_written,
        coalesce(latest.removed.outcome = 'pending', false) as is_being_removed,
        latest.lost is not null and (
            latest.held is null
            or latest.held.delivered_at < latest.lost.delivered_at
            or (latest.held.delivered_at = latest.lost.delivered_at and latest.held.receipt_id < latest.lost.receipt_id)
        ) as is_lost
    from latest

)

select * from states
