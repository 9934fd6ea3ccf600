-- One row per customer: the stage that their history stands at, since when, and the one before.
-- Everybody's rhythm bears on the candidates for loyalty, so they are due in every run.
-- depends_on: {{ ref('loyalty_candidates') }}
{{ config(materialized='by_customer', also_due='loyalty_candidates') }}

with

journey_history as (
    select * from {{ ref('journey_history') }}
    where {{ is_due() }} and valid_to is null
),

customer_journey as (
    select
        customer_id,
        journey_stage,
        valid_from as journey_stage_since,
        previous_stage as previous_journey_stage,
        {{ whole_days_between('valid_from', as_of()) }} as journey_stage_days
    from journey_history
)

select * from customer_journey
