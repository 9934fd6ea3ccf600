-- One row per raw row of pos_receipt_items, parsed once; `problem` says why a row cannot be read.
{{ config(materialized='table') }}

with

source as (

    select * from {{ source('pos', 'pos_receipt_items') }}

),

parsed as (

    select
        {{ blank_to_null('receipt_item_id') }} as receipt_item_id,
        {{ blank_to_null('receipt_id') }} as receipt_id,
        {{ blank_to_null('product_id') }} as product_id,
        {{ parse_decimal('quantity', 3) }} as quantity,
        {{ parse_decimal('unit_price', 4) }} as unit_price,
        {{ parse_decimal('discount_amount') }} as discount_amount,
        _loaded_at as loaded_at,
        {{ whole_row('source') }} as source_row
    from source

),

checked as (

    select
        *,
        {{ first_problem(
            required_columns(['receipt_item_id', 'receipt_id', 'quantity', 'unit_price'])
            + unreadable_if_written(['discount_amount'])
            + [('quantity < 0', 'negative quantity')]
        ) }} as problem
    from parsed

),

numbered as (

    {{ number_copies('checked', 'receipt_item_id') }}

)

select * from numbered
