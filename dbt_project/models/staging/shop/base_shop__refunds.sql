-- One row per raw row of shop_refunds, parsed once; `problem` says why a row cannot be read.
{{ config(materialized='table') }}

with

source as (

    select * from {{ source('shop', 'shop_refunds') }}

),

parsed as (

    select
        {{ blank_to_null('refund_id') }} as refund_id,
        {{ blank_to_null('order_id') }} as order_id,
        {{ parse_decimal('amount') }} as amount,
        {{ parse_decimal('tax_amount') }} as tax_amount,
        {{ normalise_currency('currency') }} as currency,
        {{ parse_timestamp('refunded_at') }} as refunded_at,
        {{ normalise_code('reason') }} as reason,
        _loaded_at as loaded_at,
        {{ whole_row('source') }} as source_row
    from source

),

checked as (

    select
        *,
        {{ first_problem(
            required_columns(['refund_id'])
            + time_problems('refunded_at')
            + required_columns(['amount', 'tax_amount', 'currency'])
            + [('amount < 0', 'negative amount')]
        ) }} as problem
    from parsed

),

numbered as (

    {{ number_copies('checked', 'refund_id') }}

)

select * from numbered
