-- One row per customer, day, kind of signal and product: looks at it, carts that it was laid in, purchases and returns.
{{ config(materialized='by_customer') }}

with

customer_product_days as (
    select * from {{ ref('customer_product_days') }}
    where {{ is_due() }} and interaction_type in ('product_view', 'add_to_cart')
),

purchase_signals as (
    select * from {{ ref('purchase_signals') }}
    where {{ is_due() }}
),

product_signals as (
    select
        customer_id,
        activity_day,
        interaction_type as signal_type,
        product_id,
        cast(interactions_count as decimal(18, 6)) as signals_count
    from customer_product_days
    union all
    select
        customer_id,
        activity_day,
        signal_type,
        product_id,
        signals_count
    from purchase_signals
)

select * from product_signals
