-- One row per cell of recency, frequency and monetary score, 125 in all, with the first segment whose ranges hold it.
with

rfm_segments as (
    select * from {{ ref('rfm_segments') }}
),

scores as (
    select 1 as score
    union all
    select 2 as score
    union all
    select 3 as score
    union all
    select 4 as score
    union all
    select 5 as score
),

matches as (
    select
        recency.score as rfm_recency,
        frequency.score as rfm_frequency,
        monetary.score as rfm_monetary,
        rfm_segments.rfm_segment,
        row_number() over (
            partition by recency.score, frequency.score, monetary.score
            order by rfm_segments.priority
        ) as place
    from scores as recency
    cross join scores as frequency
    cross join scores as monetary
    inner join rfm_segments
        on
            recency.score between rfm_segments.recency_from and rfm_segments.recency_to
            and frequency.score between rfm_segments.frequency_from and rfm_segments.frequency_to
            and monetary.score between rfm_segments.monetary_from and rfm_segments.monetary_to
),

rfm_cells as (
    select
        rfm_recency,
        rfm_frequency,
        rfm_monetary,
        rfm_segment
    from matches
    where place = 1
)

select * from rfm_cells
