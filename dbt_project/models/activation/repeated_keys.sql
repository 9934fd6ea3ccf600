-- One row per sync, destination and key about which more than one receipt may still say something.
{{ config(materialized='view') }}

with

current_receipts as (

    select * from {{ ref('current_receipts') }}

),

repeated as (

    select
        sync,
        destination,
        record_key
    from current_receipts
    group by sync, destination, record_key
    having count(*) > 1

)

select * from repeated
