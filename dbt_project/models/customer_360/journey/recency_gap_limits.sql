-- One row per number of own gaps below five, and of those that a silence has reached: the days of silence from which on
-- a customer is out of rhythm, by everybody's gaps.
with

population_gap_shares as (
    select * from {{ ref('population_gap_shares') }}
),

few as (
    select 0 as number
    union all
    select 1 as number
    union all
    select 2 as number
    union all
    select 3 as number
    union all
    select 4 as number
),

recency_gap_limits as (
    select
        gaps.number as gaps,
        reached.number as gaps_reached,
        min(population_gap_shares.current_gap_days) as limit_days
    from few as gaps
    inner join few as reached on gaps.number >= reached.number
    cross join population_gap_shares
    where
        {{ recency_gap_percentile(
            'gaps.number', 'reached.number',
            'population_gap_shares.share_of_gaps', 'population_gap_shares.share_of_first_gaps'
        ) }} >= {{ var('loyal_below_percentile') }}
    group by gaps.number, reached.number
)

select * from recency_gap_limits
