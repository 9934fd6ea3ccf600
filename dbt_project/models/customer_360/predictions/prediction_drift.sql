-- One row per as_of that was built and feature of the churn model in force, or its score: how far it moved since the
-- fit. PSI is the population stability index, Σ (now − then) · ln(now ÷ then) over the tenths of then; an empty tenth
-- counts as one in ten thousand.
{{ config(
    materialized='incremental',
    unique_key=['measured_as_of', 'feature'],
    on_schema_change='append_new_columns',
    full_refresh=false,
) }}

with

prediction_drift_counts as (
    select * from {{ ref('prediction_drift_counts') }}
    where share_now is not null
),

floored as (
    select
        fit_id,
        feature,
        greatest(share_then, 0.0001) as share_then,
        greatest(share_now, 0.0001) as share_now
    from prediction_drift_counts
),

prediction_drift as (
    select
        {{ as_of() }} as measured_as_of,
        fit_id,
        feature,
        cast(sum((share_now - share_then) * ln(share_now / share_then)) as decimal(12, 6)) as psi
    from floored
    group by fit_id, feature
)

select * from prediction_drift
