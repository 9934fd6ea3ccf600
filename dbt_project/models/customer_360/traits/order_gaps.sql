-- One row per customer and purchase day after the first: the days since the purchase day before.
{{ config(materialized='by_customer') }}

with

orders as (
    select * from {{ ref('orders') }}
    where {{ is_due() }} and is_counted
),

-- two receipts of one day are one visit to the shop, not a rhythm
purchase_days as (
    select distinct
        customer_id,
        cast(ordered_at as date) as purchase_day
    from orders
),

following as (
    select
        customer_id,
        purchase_day,
        lag(purchase_day) over (
            partition by customer_id
            order by purchase_day
        ) as previous_day,
        row_number() over (
            partition by customer_id
            order by purchase_day
        ) - 1 as gap_number
    from purchase_days
),

order_gaps as (
    select
        customer_id,
        gap_number,
        purchase_day,
        {{ dbt.datediff('previous_day', 'purchase_day', 'day') }}
            as gap_days
    from following
    where gap_number > 0
)

select * from order_gaps
