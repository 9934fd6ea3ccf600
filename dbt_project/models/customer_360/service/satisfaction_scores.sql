-- One row per metric, dimension and value: NPS (-100 to 100) or CSAT (0 to 100) with its 95% interval.
with

answer_contexts as (
    select * from {{ ref('answer_contexts') }}
),

counted as (
    select
        metric,
        dimension,
        dimension_value,
        count(*) as n,
        cast(sum(points) as double precision) / count(*) as mean,
        cast(sum(points * points) as double precision) / count(*) as mean_square,
        1 + {{ z_95() }} * {{ z_95() }} / count(*) as wilson_scale
    from answer_contexts
    group by metric, dimension, dimension_value
),

-- NPS: the normal interval of a mean; nothing varies in a single answer or in unanimous ones, so they have none.
-- CSAT: Wilson's, which holds for few answers too. Newcombe (1998), Statistics in Medicine 17, method 3.
spread as (
    select
        *,
        case when metric = 'nps' then mean else (mean + {{ z_95() }} * {{ z_95() }} / (2 * n)) / wilson_scale end
            as centre,
        case
            when metric = 'nps' then {{ z_95() }} * sqrt(nullif(mean_square - mean * mean, 0) / n)
            else
                {{ z_95() }} * sqrt(mean * (1 - mean) / n + {{ z_95() }} * {{ z_95() }} / (4.0 * n * n)) / wilson_scale
        end as half_width
    from counted
),

bounded as (
    select
        *,
        case when metric = 'nps' then -1 else 0 end as lowest,
        centre - half_width as low,
        centre + half_width as high
    from spread
),

satisfaction_scores as (
    select
        metric,
        dimension,
        dimension_value,
        n,
        cast(100 * mean as decimal(9, 4)) as score,
        cast(100 * case when low < lowest then lowest else low end as decimal(9, 4)) as low,
        cast(100 * case when high > 1 then 1 else high end as decimal(9, 4)) as high
    from bounded
)

select * from satisfaction_scores
