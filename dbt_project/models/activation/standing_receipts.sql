-- One row per receipt that was, at the last build, the last word of its kind about its key.
-- A run of years leaves many receipts and few last words; whoever asks what is held reads these and the receipts since.
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key=['sync', 'destination', 'record_key'],
    on_schema_change='append_new_columns',
) }}

with

receipts as (

    select * from {{ ref('receipts') }}

),

earlier as (

    {{ rows_of_earlier_builds(receipt_columns()) | trim }}

),

recorded as (

    select {{ receipt_columns() | join(', ') }}
    from receipts
    where
        coalesce(recorded_at, delivered_at)
        > coalesce((select max(coalesce(earlier.recorded_at, earlier.delivered_at)) from earlier), {{ long_ago() }})

),

touched as (

    select distinct
        sync,
        destination,
        record_key
    from recorded

),

candidates as (

    select * from recorded
    union all
    select earlier.*
    from earlier
    inner join touched
        on
            earlier.sync = touched.sync
            and earlier.destination = touched.destination
            and earlier.record_key = touched.record_key

),

ranked as (

    select
        candidates.*,
        {{ last_word_ranks() }}
    from candidates

),

standing as (

    select {{ receipt_columns() | join(', ') }}
    from ranked
    where {{ is_last_word() }}

)

select * from standing
