-- One row per sync, destination and key that the destination does not take as it is.
-- It is offered again when its payload changes, or on `kindred retry`.
{{ config(materialized='view') }}

with

desired_records as (

    select * from {{ ref('desired_records') }}

),

receipt_states as (

    select * from {{ ref('receipt_states') }}

),

current_receipts as (

    select * from {{ ref('current_receipts') }}

),

-- The last answer about such a key was a rejection, so that of its rejections the latest is the one that stands.
latest as (

    select
        sync,
        destination,
        record_key,
        {{ latest('reason operation delivered_at', "outcome = 'rejected' and operation != 'remove'") }} as said
    from current_receipts
    where outcome = 'rejected'
    group by sync, destination, record_key

),

reasons as (

    select
        latest.sync,
        latest.destination,
        latest.record_key,
        latest.said.operation as rejected_operation,
        latest.said.reason as rejected_reason,
        latest.said.delivered_at as rejected_at
    from latest

),

rejected as (

    select
        desired_records.sync,
        desired_records.destination,
        desired_records.record_key,
        desired_records.customer_id,
        reasons.rejected_operation as operation,
        reasons.rejected_reason as reason,
        desired_records.payload_hash,
        reasons.rejected_at
    from desired_records
    inner join receipt_states
        on {{ same_record('desired_records', 'receipt_states') }}
    left join reasons
        on {{ same_record('desired_records', 'reasons') }}
    where {{ is_rejected_as_it_stands('receipt_states', 'desired_records') }}

)

select * from rejected
