-- One row per receipt that may still say something: those that stood at the last build, and all since.
{{ config(materialized='view') }}

with

receipts as (

    select * from {{ ref('receipts') }}

),

standing_receipts as (

    select * from {{ ref('standing_receipts') }}

),

current_ones as (

    select {{ receipt_columns() | join(', ') }} from standing_receipts
    union all
    select {{ receipt_columns() | join(', ') }}
    from receipts
    where
        coalesce(recorded_at, delivered_at) > coalesce(
            (
                select max(coalesce(standing_receipts.recorded_at, standing_receipts.delivered_at))
                from standing_receipts
            ),
            {{ long_ago() }}
        )

)

select * from current_ones
