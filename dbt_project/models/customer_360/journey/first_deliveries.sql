-- One row per customer who ever got what they ordered: when they first did.
{{ config(materialized='by_customer') }}

with

orders as (
    select * from {{ ref('orders') }}
    where {{ is_due() }} and is_counted
),

deliveries as (
    select * from {{ ref('deliveries') }}
),

-- what no source promises or delivers is handed over at the till
handed_over as (
    select
        orders.customer_id,
        case when deliveries.order_id is null then orders.ordered_at else deliveries.delivered_at end as delivered_at
    from orders
    left join deliveries on orders.order_id = deliveries.order_id
),

first_deliveries as (
    select
        customer_id,
        min(delivered_at) as delivered_at
    from handed_over
    where delivered_at is not null
    group by customer_id
)

select * from first_deliveries
