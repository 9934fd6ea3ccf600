-- One row per cart with items that has a customer: whether it was ordered, is still open, or was left behind.
{{ config(materialized='by_customer') }}

with

carts as (
    select * from {{ ref('carts') }}
    where {{ is_due() }} and items_count > 0
),

orders as (
    select * from {{ ref('orders') }}
    where {{ is_due() }} and is_counted
),

ordered as (
    select distinct carts.cart_id
    from carts
    inner join orders
        on
            carts.customer_id = orders.customer_id
            and orders.ordered_at >= carts.created_at
            and orders.ordered_at <= {{ dbt.dateadd('hour', 24, 'carts.updated_at') }}
),

cart_outcomes as (
    select
        carts.cart_id,
        carts.customer_id,
        carts.updated_at,
        carts.items_count,
        carts.cart_value,
        case
            when ordered.cart_id is not null then 'ordered'
            -- its 24 hours are not over, so nobody can say that it was abandoned
            when {{ dbt.dateadd('hour', 24, 'carts.updated_at') }} > {{ as_of() }} then 'open'
            else 'abandoned'
        end as outcome
    from carts
    left join ordered on carts.cart_id = ordered.cart_id
)

select * from cart_outcomes
