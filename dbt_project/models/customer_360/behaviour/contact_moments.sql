-- One row per visit, click or social interaction of the last 365 days: where and when the customer was met.
{{ config(materialized='by_customer') }}

with

sessions as (
    select * from {{ ref('session_visits') }}
    where {{ is_due() }} and started_at >= {{ days_before_as_of(365) }}
),

interactions as (
    select * from {{ ref('interactions') }}
    where {{ is_due() }} and not is_machine and occurred_at >= {{ days_before_as_of(365) }}
),

interaction_types as (
    select * from {{ ref('interaction_types') }}
),

interaction_signals as (
    select * from {{ ref('interaction_signals') }}
    where shows_channel
),

-- a visit counts once, by its beginning, and not by each thing that was done in it
contact_moments as (
    select
        'session:' || customer_id || ':' || cast(session_number as {{ dbt.type_string() }}) as moment_id,
        customer_id,
        channel,
        started_at as met_at
    from sessions
    union all
    select
        'interaction:' || interactions.interaction_id as moment_id,
        interactions.customer_id,
        coalesce(interactions.channel, 'unknown') as channel,
        interactions.occurred_at as met_at
    from interactions
    inner join interaction_signals on interactions.interaction_type = interaction_signals.interaction_type
    inner join interaction_types on interactions.interaction_type = interaction_types.interaction_type
    where not interaction_types.is_visit
)

select * from contact_moments
