-- One row per experiment of our own and unit: the arm that it was given when it could first be written to, for good.
-- Only new units are appended, and the table outlives --full-refresh: a share that is changed later moves nobody.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    on_schema_change='append_new_columns',
) }}

with

candidates as (

    select * from {{ ref('experiment_candidates') }}

),

units as (

    select * from {{ ref('experiment_units') }}

),

logged as (

    {{ rows_of_earlier_builds({'experiment_id': 'text', 'unit_id': 'text'}) | trim }}

),

-- Whoever carries on somebody who was assigned is assigned already.
assigned as (

    select distinct
        logged.experiment_id,
        coalesce(units.current_customer_id, logged.unit_id) as customer_id
    from logged
    left join units on logged.unit_id = units.customer_id

),

tossed as (

    select
        candidates.experiment_id,
        candidates.unit_id,
        candidates.holdout_share,
        {{ holdout_bucket('candidates.salt', 'candidates.unit_id') }} as bucket
    from candidates
    left join assigned
        on candidates.experiment_id = assigned.experiment_id and candidates.customer_id = assigned.customer_id
    where assigned.customer_id is null

),

assignments as (

    select
        {{ dbt.hash("experiment_id || '|' || unit_id") }} as assignment_id,
        experiment_id,
        unit_id,
        case when bucket < round(holdout_share * 10000) then 'control' else 'treatment' end as arm,
        bucket,
        holdout_share,
        {{ as_of() }} as assigned_at,
        '{{ invocation_id }}' as build_id
    from tossed

)

select * from assignments
