-- One row per customer, day, kind of interaction and product: how often. What machines did is left out.
{{ config(materialized='by_customer') }}

with

interactions as (
    select * from {{ ref('interactions') }}
    where {{ is_due() }} and product_id is not null and not is_machine
),

customer_product_days as (
    select
        customer_id,
        {{ activity_day('occurred_at') }} as activity_day,
        interaction_type,
        product_id,
        count(*) as interactions_count
    from interactions
    group by 1, 2, 3, 4
)

select * from customer_product_days
