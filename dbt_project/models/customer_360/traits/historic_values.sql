-- One row per customer with an order or a refund: what they have been worth so far.
{{ config(materialized='by_customer') }}

with

revenue as (
    select * from {{ ref('revenue') }}
    where {{ is_due() }}
),

orders as (
    select * from {{ ref('orders') }}
    where {{ is_due() }}
),

order_margins as (
    select * from {{ ref('order_margins') }}
    where {{ is_due() }}
),

feedback as (
    select * from {{ ref('customer_feedback') }}
    where {{ is_due() }}
),

-- of a discount, what was given on goods that stayed sold, without its tax; of an order that was free, all of it
priced as (
    select
        revenue.customer_id,
        revenue.order_id,
        revenue.net_amount,
        revenue.discount_amount
        * coalesce(revenue.net_amount * 1.0 / nullif(orders.total_amount, 0), 1) as discount_amount,
        coalesce(order_margins.margin, {{ var('default_margin') }}) as margin
    from revenue
    left join orders on revenue.order_id = orders.order_id
    left join order_margins on revenue.order_id = order_margins.order_id
),

-- the margin is that of list prices, so of a discount only the part of the goods' cost is missing from net × margin
earned as (
    select
        customer_id,
        count(order_id) as orders_count,
        sum(net_amount * margin - discount_amount * (1 - margin)) as profit
    from priced
    group by customer_id
),

historic_values as (
    select
        earned.customer_id,
        earned.orders_count,
        {{ money('earned.profit - coalesce(feedback.tickets_count, 0) * ' ~ var('service_ticket_cost')) }}
            as historic_clv
    from earned
    left join feedback on earned.customer_id = feedback.customer_id
)

select * from historic_values
