-- One row per customer: the stage that their history stands at, since when, and the one before.
with

journey_history as (
    select * from {{ ref('journey_history') }}
    where valid_to is null
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
