-- One row per customer whose rhythm is measured: the stage of dormancy that the thresholds give it.
with

rhythm as (
    select * from {{ ref('customer_rhythm') }}
),

thresholds as (
    select * from {{ ref('dormancy_thresholds') }}
),

reached as (
    select
        rhythm.customer_id,
        rhythm.recency_gap_percentile,
        thresholds.dormancy,
        row_number() over (
            partition by rhythm.customer_id
            order by thresholds.starts_at desc
        ) as place
    from rhythm
    inner join thresholds
        on
            rhythm.recency_gap_percentile > thresholds.starts_at
            or (thresholds.includes_start and rhythm.recency_gap_percentile = thresholds.starts_at)
),

customer_dormancy as (
    select
        customer_id,
        recency_gap_percentile,
        dormancy
    from reached
    where place = 1
)

select * from customer_dormancy
