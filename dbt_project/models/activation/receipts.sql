-- One row per answer of a destination about one record. This model only makes the table; each send appends to it.
{{ config(materialized='incremental', full_refresh=false, on_schema_change='append_new_columns') }}

with

answers as (

    {{ empty_relation(receipt_columns()) | trim }}

)

select * from answers
