-- One row per sync, destination and key that the destination confirmed and was not yet confirmed to have removed.
{{ config(materialized='view') }}

with

receipt_states as (

    select * from {{ ref('receipt_states') }}

),

delivered as (

    select
        sync,
        destination,
        record_key,
        held_customer_id as customer_id,
        held_payload_hash as payload_hash,
        held_at as delivered_at,
        external_id
    from receipt_states
    where held_operation in ('add', 'update')

)

select * from delivered
