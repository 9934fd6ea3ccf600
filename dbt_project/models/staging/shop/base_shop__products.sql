-- One row per raw row of shop_products, parsed once; `problem` says why a row cannot be read.
{{ config(materialized='table') }}

with

source as (

    select * from {{ source('shop', 'shop_products') }}

),

parsed as (

    select
        {{ blank_to_null('product_id') }} as product_id,
        {{ readable_text('name') }} as product_name,
        {{ readable_text('category') }} as category,
        {{ readable_text('brand') }} as brand,
        {{ parse_decimal('price', 4) }} as price,
        {{ parse_decimal('cost', 4) }} as cost,
        {{ normalise_currency('currency') }} as currency,
        _loaded_at as loaded_at,
        {{ whole_row('source') }} as source_row
    from source

),

checked as (

    select
        *,
        {{ first_problem(required_columns(['product_id', 'price'])) }} as problem
    from parsed

),

numbered as (

    {{ number_copies('checked', 'product_id') }}

)

select * from numbered
