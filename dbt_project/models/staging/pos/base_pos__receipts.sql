-- One row per raw row of pos_receipts, parsed once; `problem` says why a row cannot be read.
{{ config(materialized='table') }}

with

source as (

    select * from {{ source('pos', 'pos_receipts') }}

),

parsed as (

    select
        {{ blank_to_null('receipt_id') }} as receipt_id,
        {{ blank_to_null('store_id') }} as store_id,
        {{ blank_to_null('terminal_id') }} as terminal_id,
        {{ normalise_card('loyalty_card') }} as loyalty_card,
        {{ normalise_email('email') }} as email,
        -- The tills print the time of their store and say no zone.
        {{ parse_timestamp('sold_at', zone='Europe/Berlin') }} as sold_at,
        {{ normalise_code('status') }} as status,
        {{ normalise_currency('currency') }} as currency,
        {{ parse_decimal('total_amount') }} as total_amount,
        {{ parse_decimal('tax_amount') }} as tax_amount,
        {{ parse_decimal('discount_amount') }} as discount_amount,
        _loaded_at as loaded_at,
        {{ whole_row('source') }} as source_row
    from source

),

checked as (

    select
        *,
        {{ first_problem(
            required_columns(['receipt_id'])
            + time_problems('sold_at')
            + [unknown_code('status', ['completed', 'pending', 'cancelled'])]
            + required_columns(['total_amount', 'tax_amount', 'currency'])
            + unreadable_if_written(['discount_amount'])
            + [('total_amount < 0', 'negative total_amount')]
        ) }} as problem
    from parsed

),

numbered as (

    {{ number_copies('checked', 'receipt_id') }}

)

select * from numbered
