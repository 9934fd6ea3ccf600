-- One row per sync, destination and key that was ever sent and of which not every receipt confirms what is desired.
-- Everybody else is held as desired, which is nearly everybody: only of these few the receipts are weighed.
{{ config(materialized='view') }}

with

receipts as (

    select * from {{ ref('receipts') }}

),

current_receipts as (

    select * from {{ ref('current_receipts') }}

),

desired_records as (

    select * from {{ ref('desired_records') }}

),

-- The payload that a receipt confirms to be held; no payload's hash where it says anything else.
confirmed as (

    select
        sync,
        destination,
        record_key,
        case when outcome = 'accepted' and operation != 'remove' then payload_hash else '' end as payload_hash
    from current_receipts

),

-- An audience of which nobody was ever sent need not be held against anything.
begun as (

    select distinct sync
    from receipts

),

desired as (

    select
        desired_records.sync,
        desired_records.destination,
        desired_records.record_key,
        desired_records.payload_hash
    from desired_records
    inner join begun
        on desired_records.sync = begun.sync

),

unsettled as (

    select * from confirmed
    {{ dbt.except() | trim }}
    select * from desired

),

keys as (

    select distinct
        sync,
        destination,
        record_key
    from unsettled

)

select * from keys
