-- One row per sync, destination and key that was ever sent: the last words of the destination about it.
--   held      the last change that it confirmed
--   written   its last answer about an addition or update
--   removed   its last answer about a removal
--   lost      the last change of which the answer was lost, so that it may have been made
--   named     what the destination calls the record, when it last said so
-- Being told to come back later is no answer.
{{ config(materialized='view') }}

with

repeated_keys as (

    select * from {{ ref('repeated_keys') }}

),

-- Nearly every key has one receipt that still says something, about which nothing has to be gathered. Receipts are read
-- for themselves: an engine may copy a whole CTE that is read twice.
alone as (

    select current_receipts.*
    from {{ ref('current_receipts') }} as current_receipts
    left join repeated_keys
        on {{ same_record('current_receipts', 'repeated_keys') }}
    where repeated_keys.record_key is null

),

repeated as (

    select current_receipts.*
    from {{ ref('current_receipts') }} as current_receipts
    inner join repeated_keys
        on {{ same_record('current_receipts', 'repeated_keys') }}

),

latest as (

    select
        sync,
        destination,
        record_key,
        {{ state_words() }}
    from repeated
    group by sync, destination, record_key

),

states as (

    select {{ receipt_state(is_only=true) }}
    from alone
    union all
    select {{ receipt_state() }}
    from latest

)

select * from states
