-- One row per feature of the churn model in force, or its score, and tenth of its values at the fit: the shares then
-- and now.
with

fits_in_force as (
    select * from {{ ref('fits_in_force') }}
    where subject = 'churn' and status = 'ok'
),

prediction_buckets as (
    select * from {{ ref('prediction_buckets') }}
    where kind = 'reference'
),

churn_values as (
    select * from {{ ref('churn_values') }}
),

churn_scores as (
    select * from {{ ref('churn_scores') }}
),

current_values as (
    select
        feature,
        value
    from churn_values
    union all
    select
        'score' as feature,
        churn_risk as value
    from churn_scores
),

buckets as (
    select
        prediction_buckets.fit_id,
        prediction_buckets.candidate as feature,
        prediction_buckets.bucket,
        prediction_buckets.lower_bound,
        prediction_buckets.observed as share_then,
        lead(prediction_buckets.lower_bound) over (
            partition by prediction_buckets.candidate
            order by prediction_buckets.bucket
        ) as upper_bound
    from fits_in_force
    inner join prediction_buckets on fits_in_force.fit_id = prediction_buckets.fit_id
),

counted as (
    select
        buckets.fit_id,
        buckets.feature,
        buckets.bucket,
        buckets.share_then,
        count(current_values.value) as customers_count
    from buckets
    left join current_values
        on
            buckets.feature = current_values.feature
            and (buckets.lower_bound is null or buckets.lower_bound <= current_values.value)
            and (buckets.upper_bound is null or buckets.upper_bound > current_values.value)
    group by buckets.fit_id, buckets.feature, buckets.bucket, buckets.share_then
),

prediction_drift_counts as (
    select
        fit_id,
        feature,
        bucket,
        share_then,
        customers_count * 1.0 / nullif(sum(customers_count) over (partition by feature), 0) as share_now
    from counted
)

select * from prediction_drift_counts
