-- One row per moment of churn prediction and number of silent days: the shares of gaps known then that were no longer.
{{ config(materialized='view') }}

with

churn_purchases as (
    select * from {{ ref('churn_purchases') }}
),

order_gaps as (
    select * from {{ ref('order_gaps') }}
),

moments as (
    select distinct
        purpose,
        until_day
    from churn_purchases
),

gap_counts as (
    select
        moments.purpose,
        order_gaps.gap_days,
        count(*) as gaps,
        count(*) filter (where order_gaps.gap_number = 1) as first_gaps
    from moments
    inner join order_gaps on moments.until_day > order_gaps.purchase_day
    group by moments.purpose, order_gaps.gap_days
),

silences as (
    select distinct
        purpose,
        silent_days
    from churn_purchases
),

churn_gap_shares as (
    select
        silences.purpose,
        silences.silent_days,
        cast(
            sum(case when gap_counts.gap_days <= silences.silent_days then gap_counts.gaps else 0 end) * 1.0
            / sum(gap_counts.gaps) as decimal(9, 6)
        ) as share_of_gaps,
        cast(
            sum(case when gap_counts.gap_days <= silences.silent_days then gap_counts.first_gaps else 0 end) * 1.0
            / sum(gap_counts.first_gaps) as decimal(9, 6)
        ) as share_of_first_gaps
    from silences
    inner join gap_counts on silences.purpose = gap_counts.purpose
    group by silences.purpose, silences.silent_days
)

select * from churn_gap_shares
