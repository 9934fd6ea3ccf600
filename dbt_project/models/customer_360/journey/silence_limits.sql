-- One row per candidate for loyalty and purchase day: after how many days of silence they are out of their rhythm.
-- The percentile only grows with the silence, so it is enough to look where one of their own gaps is reached.
with

order_gaps as (
    select * from {{ ref('order_gaps') }}
),

orders as (
    select * from {{ ref('orders') }}
    where is_counted
),

loyalty_candidates as (
    select * from {{ ref('loyalty_candidates') }}
),

recency_gap_limits as (
    select * from {{ ref('recency_gap_limits') }}
),

purchase_days as (
    select distinct
        orders.customer_id,
        cast(orders.ordered_at as date) as purchase_day,
        coalesce(order_gaps.gap_number, 0) as gaps,
        order_gaps.gap_days
    from orders
    inner join loyalty_candidates on orders.customer_id = loyalty_candidates.customer_id
    left join order_gaps
        on
            orders.customer_id = order_gaps.customer_id
            and cast(orders.ordered_at as date) = order_gaps.purchase_day
),

silences as (
    select distinct
        customer_id,
        coalesce(gap_days, 0) as silence_days
    from purchase_days
),

counted as (
    select
        purchase_days.customer_id,
        purchase_days.purchase_day,
        purchase_days.gaps,
        silences.silence_days,
        sum(case when purchase_days.gap_days <= silences.silence_days then 1 else 0 end) over (
            partition by purchase_days.customer_id, silences.silence_days
            order by purchase_days.gaps
            rows unbounded preceding
        ) as gaps_reached
    from purchase_days
    inner join silences on purchase_days.customer_id = silences.customer_id
),

silence_limits as (
    select
        counted.customer_id,
        counted.purchase_day,
        min(greatest(counted.silence_days, coalesce(recency_gap_limits.limit_days, 0))) as limit_days
    from counted
    left join recency_gap_limits
        on
            counted.gaps = recency_gap_limits.gaps
            and counted.gaps_reached = recency_gap_limits.gaps_reached
    where
        recency_gap_limits.limit_days is not null
        or (
            counted.gaps >= 5
            and {{ recency_gap_percentile('counted.gaps', 'counted.gaps_reached', 'null', 'null') }}
            >= {{ var('loyal_below_percentile') }}
        )
    group by counted.customer_id, counted.purchase_day
)

select * from silence_limits
