-- One row per customer and stay in a stage of the journey.
-- An event counts from just after it happened: the stage that a build of some moment gives is that of the row with
-- valid_from < moment <= valid_to, and the row without valid_to is today's.
-- Everybody's rhythm bears on the candidates for loyalty, so they are due in every run.
-- depends_on: {{ ref('loyalty_candidates') }}
{{ config(materialized='by_customer', also_due='loyalty_candidates') }}

with

journey_moments as (
    select * from {{ ref('journey_moments') }}
    where {{ is_due() }}
),

following as (
    select
        *,
        lag(journey_stage) over (
            partition by customer_id
            order by happens_at
        ) as stage_before
    from journey_moments
),

-- a stage that only goes on is one stay
stays as (
    select
        customer_id,
        journey_stage,
        stage_before as previous_stage,
        happens_at as valid_from,
        lead(happens_at) over (
            partition by customer_id
            order by happens_at
        ) as valid_to
    from following
    where stage_before is null or stage_before <> journey_stage
),

journey_history as (
    select
        customer_id,
        journey_stage,
        previous_stage,
        lead(journey_stage) over (
            partition by customer_id
            order by valid_from
        ) as next_stage,
        valid_from,
        valid_to,
        cast(
            {{ seconds_between('valid_from', 'coalesce(valid_to, ' ~ as_of() ~ ')') }} / 86400.0 as decimal(12, 4)
        ) as dwell_days
    from stays
)

select * from journey_history
