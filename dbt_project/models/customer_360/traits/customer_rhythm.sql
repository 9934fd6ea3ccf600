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

-- few gaps of one's own say little: below five, the population weighs as much as five of them
customer_rhythm as (
    select
        own.customer_id,
        cast(
            case
                when own.gaps >= 5 then own.gaps_reached * 1.0 / own.gaps
                when own.gaps > 0
                    then (own.gaps_reached + 5 * population_gap_shares.share_of_gaps) / (own.gaps + 5)
                else population_gap_shares.share_of_first_gaps
            end as decimal(9, 6)
        ) as recency_gap_percentile
    from own
    left join population_gap_shares on own.days_since_last_order = population_gap_shares.current_gap_days
)

select * from customer_rhythm
