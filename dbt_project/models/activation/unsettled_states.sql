-- One row per sync, destination and key that was ever sent and is not settled: the last words about it.
{{ config(materialized='view') }}

with

current_receipts as (

    select * from {{ ref('current_receipts') }}

),

unsettled_keys as (

    select * from {{ ref('unsettled_keys') }}

),

weighed as (

    select current_receipts.*
    from current_receipts
    inner join unsettled_keys
        on {{ same_record('current_receipts', 'unsettled_keys') }}

),

latest as (

    select
        sync,
        destination,
        record_key,
        {{ state_words() }}
    from weighed
    group by sync, destination, record_key

),

states as (

    select {{ receipt_state() }}
    from latest

)

select * from states
