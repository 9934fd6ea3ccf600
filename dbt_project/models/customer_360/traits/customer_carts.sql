-- One row per customer with a cart that held something: the last one, and the last one left behind.
{{ config(materialized='by_customer') }}

with

cart_outcomes as (
    select * from {{ ref('cart_outcomes') }}
    where {{ is_due() }}
),

placed as (
    select
        *,
        row_number() over (
            partition by customer_id, outcome
            order by updated_at desc, cart_id asc
        ) as place
    from cart_outcomes
),

customer_carts as (
    select
        customer_id,
        max(updated_at) as last_cart_at,
        max(updated_at) filter (where outcome = 'abandoned') as last_cart_abandoned_at,
        max(cart_value) filter (where outcome = 'abandoned') as abandoned_cart_value,
        max(items_count) filter (where outcome = 'abandoned') as abandoned_cart_items
    from placed
    where place = 1
    group by customer_id
)

select * from customer_carts
