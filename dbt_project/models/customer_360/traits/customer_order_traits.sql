-- One row per customer: what they bought, and what it brought net of tax and refunds.
{{ config(materialized='by_customer') }}

with

customers as (
    select * from {{ ref('customer_identity') }}
    where {{ is_due() }}
),

revenue as (
    select * from {{ ref('revenue') }}
    where {{ is_due() }}
),

summed as (
    select
        customer_id,
        count(order_id) as orders_count,
        min(booked_at) filter (where order_id is not null) as first_ordered_at,
        max(booked_at) filter (where order_id is not null) as last_ordered_at,
        sum(net_amount) as net_revenue,
        sum(refunded_amount) as refunded_amount,
        sum(discount_amount) as discount_amount,
        count(order_id) filter (where booked_at >= {{ days_before_as_of(365) }}) as orders_365d,
        sum(net_amount) filter (where booked_at >= {{ days_before_as_of(365) }}) as net_revenue_365d
    from revenue
    group by customer_id
),

customer_order_traits as (
    select
        customers.customer_id,
        coalesce(summed.orders_count, 0) as orders_count,
        summed.first_ordered_at,
        summed.last_ordered_at,
        {{ whole_days_between('summed.last_ordered_at', as_of()) }} as days_since_last_order,
        {{ money('coalesce(summed.net_revenue, 0)') }} as net_revenue,
        {{ money('coalesce(summed.refunded_amount, 0)') }} as refunded_amount,
        {{ money('coalesce(summed.discount_amount, 0)') }} as discount_amount,
        {{ money('summed.net_revenue / nullif(summed.orders_count, 0)') }} as average_order_value,
        coalesce(summed.orders_365d, 0) as orders_365d,
        {{ money('coalesce(summed.net_revenue_365d, 0)') }} as net_revenue_365d
    from customers
    left join summed on customers.customer_id = summed.customer_id
)

select * from customer_order_traits
