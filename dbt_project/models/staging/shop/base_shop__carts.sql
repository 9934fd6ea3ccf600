-- One row per raw row of shop_carts, parsed once; `problem` says why a row cannot be read.
{{ config(materialized='table') }}

with

source as (

    select * from {{ source('shop', 'shop_carts') }}

),

parsed as (

    select
        {{ blank_to_null('cart_id') }} as cart_id,
        {{ blank_to_null('user_id') }} as user_id,
        {{ blank_to_null('anonymous_id') }} as anonymous_id,
        {{ normalise_email('email') }} as email,
        {{ parse_timestamp('created_at') }} as created_at,
        {{ parse_timestamp('updated_at') }} as updated_at,
        {{ parse_integer('items_count') }} as items_count,
        {{ parse_decimal('cart_value') }} as cart_value,
        {{ normalise_currency('currency') }} as currency,
        _loaded_at as loaded_at,
        {{ whole_row('source') }} as source_row
    from source

),

checked as (

    select
        *,
        {{ first_problem(
            required_columns(['cart_id'])
            + time_problems('created_at')
            + required_columns(['items_count', 'cart_value', 'currency'])
        ) }} as problem
    from parsed

),

numbered as (

    {{ number_copies('checked', 'cart_id', then_by=['updated_at']) }}

)

select * from numbered
