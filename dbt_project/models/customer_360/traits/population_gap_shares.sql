-- One row per number of days for which somebody has not ordered, or did not: the shares of gaps no longer than that.
with

order_gaps as (
    select * from {{ ref('order_gaps') }}
),

buyers as (
    select * from {{ ref('customer_order_traits') }}
    where orders_count > 0
),

current_gaps as (
    select days_since_last_order as current_gap_days from buyers
    union distinct
    select gap_days as current_gap_days from order_gaps
),

gap_counts as (
    select
        gap_days,
        count(*) as gaps,
        count(*) filter (where gap_number = 1) as first_gaps
    from order_gaps
    group by gap_days
),

population_gap_shares as (
    select
        current_gaps.current_gap_days,
        cast(
            sum(case when gap_counts.gap_days <= current_gaps.current_gap_days then gap_counts.gaps else 0 end) * 1.0
            / sum(gap_counts.gaps) as decimal(9, 6)
        ) as share_of_gaps,
        cast(
            sum(case when gap_counts.gap_days <= current_gaps.current_gap_days then gap_counts.first_gaps else 0 end)
            * 1.0 / sum(gap_counts.first_gaps) as decimal(9, 6)
        ) as share_of_first_gaps
    from current_gaps
    cross join gap_counts
    group by current_gaps.current_gap_days
)

select * from population_gap_shares
