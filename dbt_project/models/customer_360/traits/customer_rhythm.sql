-- One row per customer who ever ordered: how long their silence is, measured by their own rhythm and everybody's.
with

buyers as (
    select * from {{ ref('customer_order_traits') }}
    where orders_count > 0
),

order_gaps as (
    select * from {{ ref('order_gaps') }}
),

population_gap_shares as (
    select * from {{ ref('population_gap_shares') }}
),

own as (
    select
        buyers.customer_id,
        buyers.days_since_last_order,
        count(order_gaps.gap_days) as gaps,
        count(*) filter (where order_gaps.gap_days <= buyers.days_since_last_order) as gaps_reached
    from buyers
    left join order_gaps on buyers.customer_id = order_gaps.customer_id
    group by buyers.customer_id, buyers.days_since_last_order
),

customer_rhythm as (
    select
        own.customer_id,
        {{ recency_gap_percentile(
            'own.gaps', 'own.gaps_reached',
            'population_gap_shares.share_of_gaps', 'population_gap_shares.share_of_first_gaps'
        ) }} as recency_gap_percentile
    from own
    left join population_gap_shares on own.days_since_last_order = population_gap_shares.current_gap_days
)

select * from customer_rhythm
