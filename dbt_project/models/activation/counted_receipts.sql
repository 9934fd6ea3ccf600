-- One row per receipt that may still say something, and whether it is the only one of its key.
{{ config(materialized='view') }}

with

current_receipts as (

    select * from {{ ref('current_receipts') }}

),

several as (

    select
        sync,
        destination,
        record_key
    from current_receipts
    group by sync, destination, record_key
    having count(*) > 1

),

counted as (

    select
        current_receipts.*,
        several.record_key is null as is_alone
    from current_receipts
    left join several
        on
            current_receipts.sync = several.sync
            and current_receipts.destination = several.destination
            and current_receipts.record_key = several.record_key

)

select * from counted
