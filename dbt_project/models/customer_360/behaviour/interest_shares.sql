-- One row per kind and value: its share of all the interest of all customers.
with

customer_interests as (
    select * from {{ ref('customer_interests') }}
),

summed as (
    select
        kind,
        value,
        sum(interest) as interest
    from customer_interests
    group by kind, value
),

interest_shares as (
    select
        kind,
        value,
        cast(interest / nullif(sum(interest) over (
            partition by kind
        ), 0) as decimal(18, 9)) as population_share
    from summed
)

select * from interest_shares
