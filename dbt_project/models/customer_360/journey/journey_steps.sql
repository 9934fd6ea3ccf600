-- One row per customer, condition and moment before as_of at which it began (1) or ceased (-1) to hold.
-- Everybody's rhythm bears on the candidates for loyalty, so they are due in every run.
-- depends_on: {{ ref('loyalty_candidates') }}
{{ config(materialized='by_customer', also_due='loyalty_candidates', because_of=['journey_rhythms']) }}

with

customers as (
    select * from {{ ref('customer_identity') }}
    where {{ is_due() }}
),

journey_windows as (
    select * from {{ ref('journey_windows') }}
    where {{ is_due() }}
),

journey_rhythms as (
    select * from {{ ref('journey_rhythms') }}
    where {{ is_due() }}
),

journey_attachments as (
    select * from {{ ref('journey_attachments') }}
    where {{ is_due() }}
),

spans as (
    select * from journey_windows
    union all
    select
        customer_id,
        condition,
        starts_at,
        ends_at
    from journey_rhythms
    union all
    select * from journey_attachments
),

-- a customer of whom nothing is known yet but that they are there is dormant from the start
turns as (
    select
        customer_id,
        condition,
        starts_at as happens_at,
        1 as step
    from spans
    union all
    select
        customer_id,
        condition,
        ends_at as happens_at,
        -1 as step
    from spans
    union all
    select
        customer_id,
        'known' as condition,
        first_seen_at as happens_at,
        0 as step
    from customers
),

journey_steps as (
    select
        customer_id,
        condition,
        happens_at,
        cast(sum(step) as {{ dbt.type_int() }}) as step
    from turns
    where happens_at < {{ as_of() }}
    group by customer_id, condition, happens_at
)

select * from journey_steps
