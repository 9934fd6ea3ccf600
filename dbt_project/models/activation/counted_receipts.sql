-- One row per receipt that may still say something, and whether it is the only one of its key.
{{ config(materialized='view') }}

with

current_receipts as (

    select * from {{ ref('current_receipts') }}

),

repeated_keys as (

    select * from {{ ref('repeated_keys') }}

),

counted as (

    select
        current_receipts.*,
        repeated_keys.record_key is null as is_alone
    from current_receipts
    left join repeated_keys
        on {{ same_record('current_receipts', 'repeated_keys') }}

)

select * from counted
