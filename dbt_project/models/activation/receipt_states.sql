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

    select {{ receipt_state() }}
    from latest

)

select * from states
