-- One row per raw row of shop_payments, parsed once; `problem` says why a row cannot be read.
{{ config(materialized='table') }}

with

source as (

    select * from {{ source('shop', 'shop_payments') }}

),

parsed as (

    select
        {{ blank_to_null('payment_id') }} as payment_id,
        {{ blank_to_null('order_id') }} as order_id,
        {{ blank_to_null('user_id') }} as user_id,
        {{ normalise_email('email') }} as email,
        {{ normalise_code('status') }} as status,
        {{ normalise_code('method') }} as payment_method,
        {{ parse_decimal('amount') }} as amount,
        {{ normalise_currency('currency') }} as currency,
        {{ parse_timestamp('attempted_at') }} as attempted_at,
        _loaded_at as loaded_at,
        {{ whole_row('source') }} as source_row
    from source

),

checked as (

    select
        *,
        {{ first_problem(
            required_columns(['payment_id', 'order_id'])
            + time_problems('attempted_at')
            + [unknown_code('status', ['paid', 'failed', 'pending'])]
            + required_columns(['amount', 'currency'])
        ) }} as problem
    from parsed

),

numbered as (

    {{ number_copies('checked', 'payment_id') }}

)

select * from numbered
