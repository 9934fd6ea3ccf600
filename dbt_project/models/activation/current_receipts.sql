-- One row per receipt that may still say something: those that stood at the last build, and all since.
{{ config(materialized='view') }}

with

receipts as (

    select * from {{ ref('receipts') }}

),

standing_receipts as (

    select * from {{ ref('standing_receipts') }}

),

-- Read for itself: an engine may copy a whole CTE that is read twice.
latest_build as (

    select max(coalesce(recorded_at, delivered_at)) as recorded_at
    from {{ ref('standing_receipts') }}

),

current_ones as (

    select {{ receipt_columns() | join(', ') }} from standing_receipts
    union all
    select {{ receipt_columns() | join(', ') }}
    from receipts
    where
        coalesce(recorded_at, delivered_at)
        > coalesce((select latest_build.recorded_at from latest_build), {{ long_ago() }})

)

select * from current_ones
