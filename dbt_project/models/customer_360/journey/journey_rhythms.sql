-- One row per order of a candidate for loyalty that counts: how long the silence after it stays within their rhythm.
with

orders as (
    select * from {{ ref('orders') }}
    where is_counted
),

loyalty_candidates as (
    select * from {{ ref('loyalty_candidates') }}
),

silence_limits as (
    select * from {{ ref('silence_limits') }}
),

following as (
    select
        orders.order_id,
        orders.customer_id,
        orders.ordered_at,
        lead(orders.ordered_at) over (
            partition by orders.customer_id
            order by orders.ordered_at, orders.order_id
        ) as next_ordered_at
    from orders
    inner join loyalty_candidates on orders.customer_id = loyalty_candidates.customer_id
),

-- days of silence are whole ones: a second before the last is full the customer is still in rhythm
limited as (
    select
        following.order_id,
        following.customer_id,
        following.ordered_at as starts_at,
        following.next_ordered_at,
        {{ dbt.dateadd('second', -1, dbt.dateadd(
            'day', 'silence_limits.limit_days', dbt.date_trunc('second', 'following.ordered_at')
        )) }} as silent_at
    from following
    inner join silence_limits
        on
            following.customer_id = silence_limits.customer_id
            and cast(following.ordered_at as date) = silence_limits.purchase_day
),

journey_rhythms as (
    select
        order_id,
        customer_id,
        'in_rhythm' as condition,
        starts_at,
        least(silent_at, coalesce(next_ordered_at, silent_at)) as ends_at
    from limited
)

select * from journey_rhythms
