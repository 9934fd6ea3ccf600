-- One row per customer, kind (category or brand) and value: how interested their signals show them to be, fading.
{{ config(materialized='by_customer') }}

with

product_signals as (
    select * from {{ ref('product_signals') }}
    where {{ is_due() }}
),

products as (
    select * from {{ ref('products') }}
),

interest_weights as (
    select * from {{ ref('interest_weights') }}
),

per_product as (
    select
        product_signals.customer_id,
        product_signals.product_id,
        sum({{ decayed(
            'product_signals.signals_count * interest_weights.weight',
            days_ago('product_signals.activity_day'),
            'interest_weights.half_life_days'
        ) }}) as points
    from product_signals
    inner join interest_weights on product_signals.signal_type = interest_weights.signal_type
    group by product_signals.customer_id, product_signals.product_id
),

described as (
    select
        per_product.customer_id,
        'category' as kind,
        products.category as value,
        per_product.points
    from per_product
    inner join products on per_product.product_id = products.product_id
    union all
    select
        per_product.customer_id,
        'brand' as kind,
        products.brand as value,
        per_product.points
    from per_product
    inner join products on per_product.product_id = products.product_id
),

-- more returned than liked is no interest, and must not count as interest in everything else
summed as (
    select
        customer_id,
        kind,
        value,
        cast(greatest(sum(points), 0) as decimal(18, 6)) as interest
    from described
    where value is not null
    group by customer_id, kind, value
),

customer_interests as (
    select
        customer_id,
        kind,
        value,
        interest,
        cast(sum(interest) over (
            partition by customer_id, kind
        ) as decimal(18, 6)) as kind_interest
    from summed
)

select * from customer_interests
