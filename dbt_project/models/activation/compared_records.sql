-- One row per sync, destination and key that is desired or was ever sent, but for those that are settled.
{{ config(materialized='view') }}

with

desired_records as (

    select * from {{ ref('desired_records') }}

),

current_receipts as (

    select * from {{ ref('current_receipts') }}

),

unsettled_states as (

    select * from {{ ref('unsettled_states') }}

),

settled as (

    select
        current_receipts.sync,
        current_receipts.destination,
        current_receipts.record_key
    from current_receipts
    left join unsettled_states
        on {{ same_record('current_receipts', 'unsettled_states') }}
    where unsettled_states.record_key is null

),

unsettled as (

    select desired_records.*
    from desired_records
    left join settled
        on {{ same_record('desired_records', 'settled') }}
    where settled.record_key is null

),

compared as (

    select
        coalesce(unsettled.sync, unsettled_states.sync) as sync,
        coalesce(unsettled.destination, unsettled_states.destination) as destination,
        coalesce(unsettled.record_key, unsettled_states.record_key) as record_key,
        case when unsettled.sync is null then unsettled_states.written_customer_id else unsettled.customer_id end
            as customer_id,
        unsettled.permission_id,
        unsettled.payload,
        unsettled.payload_hash,
        unsettled_states.written_outcome,
        unsettled_states.removed_outcome,
        unsettled_states.external_id,
        unsettled.is_incomplete,
        unsettled.sync is not null as is_desired,
        coalesce(unsettled_states.held_payload_hash = unsettled.payload_hash, false) as is_held_as_desired,
        coalesce({{ is_rejected_as_it_stands('unsettled_states', 'unsettled') }}, false) as is_rejected,
        coalesce(unsettled_states.is_held, false) as is_held,
        coalesce(unsettled_states.is_lost, false) as is_lost,
        coalesce(unsettled_states.is_being_written, false) as is_being_written,
        coalesce(unsettled_states.is_being_removed, false) as is_being_removed
    from unsettled
    full outer join unsettled_states
        on {{ same_record('unsettled', 'unsettled_states') }}

)

select * from compared
