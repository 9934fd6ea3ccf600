-- One row per customer, condition that takes several events, and event at which there were enough of them.
-- Three views in 30 days hold from the third view until 30 days after the first of the three.
{{ config(materialized='by_customer') }}

with

signals as (
    select * from {{ ref('journey_signals') }}
    where {{ is_due() }}
),

conditions as (
    select * from {{ ref('journey_conditions') }}
    where events > 1
),

numbered as (
    select
        signals.customer_id,
        signals.condition,
        signals.occurred_at,
        conditions.events,
        conditions.days,
        row_number() over (
            partition by signals.customer_id, signals.condition
            order by signals.occurred_at
        ) as signal_number
    from signals
    inner join conditions on signals.condition = conditions.condition
),

repeated_signals as (
    select
        last_signals.customer_id,
        last_signals.condition,
        last_signals.occurred_at,
        first_signals.occurred_at as counted_from
    from numbered as last_signals
    inner join numbered as first_signals
        on
            last_signals.customer_id = first_signals.customer_id
            and last_signals.condition = first_signals.condition
            and last_signals.signal_number - last_signals.events + 1 = first_signals.signal_number
)

select * from repeated_signals
