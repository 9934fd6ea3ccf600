-- One row per moment of churn prediction and customer who had bought by then: how their silence compares, by the rule
-- of customer_rhythm, with what was known at that moment.
{{ config(materialized='view') }}

with

churn_purchases as (
    select * from {{ ref('churn_purchases') }}
),

order_gaps as (
    select * from {{ ref('order_gaps') }}
),

shares as (
    select * from {{ ref('churn_gap_shares') }}
),

own as (
    select
        churn_purchases.purpose,
        churn_purchases.customer_id,
        churn_purchases.silent_days,
        count(order_gaps.gap_days) as gaps,
        count(*) filter (where churn_purchases.silent_days >= order_gaps.gap_days) as gaps_reached
    from churn_purchases
    left join order_gaps
        on
            churn_purchases.customer_id = order_gaps.customer_id
            and churn_purchases.until_day > order_gaps.purchase_day
    group by churn_purchases.purpose, churn_purchases.customer_id, churn_purchases.silent_days
),

churn_gaps as (
    select
        own.purpose,
        own.customer_id,
        {{ recency_gap_percentile(
            'own.gaps', 'own.gaps_reached', 'shares.share_of_gaps', 'shares.share_of_first_gaps'
        ) }} as gap_percentile
    from own
    left join shares on own.purpose = shares.purpose and own.silent_days = shares.silent_days
)

select * from churn_gaps
