-- One row per version of the scale: the κ by which the 90th percentile of the engaged scored 90 when it was measured.
-- A version is measured once, when the var names it and enough people are engaged, and outlives --full-refresh: scores
-- of different days compare, and a past day is scored by the version that it had.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    on_schema_change='append_new_columns',
) }}

with

engagement_strengths as (
    select * from {{ ref('engagement_strengths') }}
    where engagement_strength > 0
),

measured_versions as (
    {{ rows_of_earlier_builds({'engagement_version': 'integer'}) }}
),

measured as (
    select
        count(*) as customers_count,
        cast(percentile_cont(0.9) within group (
            order by engagement_strength
        ) as decimal(18, 6)) as strength_p90
    from engagement_strengths
),

engagement_scales as (
    select
        cast({{ var('engagement_version') }} as {{ dbt.type_bigint() }}) as engagement_version,
        {{ as_of() }} as measured_as_of,
        customers_count,
        strength_p90,
        -- 100 * (1 - e^(-P90/κ)) = 90
        cast(strength_p90 / ln(10) as decimal(18, 6)) as kappa
    from measured
    where
        customers_count >= {{ var('engagement_least_customers') }}
        and not exists (
            select 1 from measured_versions
            where measured_versions.engagement_version = {{ var('engagement_version') }}
        )
)

select * from engagement_scales
