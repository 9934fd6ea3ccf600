-- One row per customer: how far their sessions of the last 30 days came towards an order.
{{ config(materialized='by_customer') }}

with

customers as (
    select * from {{ ref('customer_identity') }}
    where {{ is_due() }}
),

sessions as (
    select * from {{ ref('sessions') }}
    where {{ is_due() }} and ended_at >= {{ days_before_as_of(30) }}
),

funnel_steps as (
    select * from {{ ref('funnel_steps') }}
),

counted as (
    select
        customer_id,
        count(*) filter (where step_number >= 2) as product_view_sessions_30d,
        count(*) filter (where step_number >= 3) as cart_sessions_30d,
        count(*) filter (where step_number >= 4) as checkout_sessions_30d,
        count(*) filter (where step_number >= 5) as order_sessions_30d,
        max(step_number) as furthest_step
    from sessions
    group by customer_id
),

customer_funnel as (
    select
        customers.customer_id,
        coalesce(counted.product_view_sessions_30d, 0) as product_view_sessions_30d,
        coalesce(counted.cart_sessions_30d, 0) as cart_sessions_30d,
        coalesce(counted.checkout_sessions_30d, 0) as checkout_sessions_30d,
        coalesce(counted.order_sessions_30d, 0) as order_sessions_30d,
        funnel_steps.funnel_step as furthest_step_30d
    from customers
    left join counted on customers.customer_id = counted.customer_id
    left join funnel_steps on counted.furthest_step = funnel_steps.step_number
)

select * from customer_funnel
