-- One row per customer and proof of attachment: a high tier since it is known, an answer of 9 or 10 until the next.
{{ config(materialized='by_customer') }}

with

customer_attributes as (
    select * from {{ ref('customer_attributes') }}
    where {{ is_due() }} and attribute = 'loyalty_tier'
),

loyalty_tiers as (
    select * from {{ ref('loyalty_tiers') }}
    where is_loyal
),

scored_answers as (
    select * from {{ ref('scored_answers') }}
    where {{ is_due() }} and metric = 'nps'
),

following as (
    select
        customer_id,
        record_id,
        points,
        answered_at,
        lead(answered_at) over (
            partition by customer_id
            order by answered_at asc, record_id desc
        ) as next_answered_at
    from scored_answers
),

-- no source says what the tier was before it was last written down
journey_attachments as (
    select
        customer_attributes.customer_id,
        'high_tier' as condition,
        customer_attributes.observed_at as starts_at,
        {{ end_of_time() }} as ends_at
    from customer_attributes
    inner join loyalty_tiers on customer_attributes.value = loyalty_tiers.loyalty_tier
    union all
    select
        customer_id,
        'promoter' as condition,
        answered_at as starts_at,
        coalesce(next_answered_at, {{ end_of_time() }}) as ends_at
    from following
    where points = 1 and (next_answered_at is null or answered_at < next_answered_at)
)

select * from journey_attachments
