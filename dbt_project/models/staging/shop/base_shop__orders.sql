-- One row per raw row of shop_orders, parsed once; `problem` says why a row cannot be read.
{{ config(materialized='table') }}

with

source as (

    select * from {{ source('shop', 'shop_orders') }}

),

parsed as (

    select
        {{ blank_to_null('order_id') }} as order_id,
        {{ blank_to_null('user_id') }} as user_id,
        {{ blank_to_null('anonymous_id') }} as anonymous_id,
        {{ normalise_email('email') }} as email,
        {{ normalise_phone('phone', normalise_country('country')) }} as phone,
        {{ normalise_name('first_name') }} as first_name,
        {{ normalise_name('last_name') }} as last_name,
        {{ normalise_country('country') }} as country,
        {{ parse_timestamp('ordered_at') }} as ordered_at,
        {{ normalise_code('status') }} as status,
        {{ normalise_currency('currency') }} as currency,
        {{ parse_decimal('total_amount') }} as total_amount,
        {{ parse_decimal('tax_amount') }} as tax_amount,
        {{ parse_decimal('discount_amount') }} as discount_amount,
        {{ parse_timestamp('promised_at') }} as promised_at,
        {{ parse_timestamp('delivered_at') }} as delivered_at,
        _loaded_at as loaded_at,
        {{ whole_row('source') }} as source_row
    from source

),

checked as (

    select
        *,
        {{ first_problem(
            required_columns(['order_id'])
            + time_problems('ordered_at')
            + [unknown_code('status', ['completed', 'pending', 'cancelled'])]
            + required_columns(['total_amount', 'tax_amount', 'currency'])
            + unreadable_if_written(['discount_amount'])
            + [('total_amount < 0', 'negative total_amount')]
        ) }} as problem
    from parsed

),

numbered as (

    {{ number_copies('checked', 'order_id') }}

)

select * from numbered
