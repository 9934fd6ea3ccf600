-- One row per session that a click led to: the last one in the 30 minutes before it.
{{ config(materialized='by_customer') }}

with

session_visits as (
    select * from {{ ref('session_visits') }}
    where {{ is_due() }}
),

interactions as (
    select * from {{ ref('interactions') }}
    where {{ is_due() }} and not is_machine
),

interaction_signals as (
    select * from {{ ref('interaction_signals') }}
    where is_click
),

clicks as (
    select
        interactions.customer_id,
        interactions.interaction_id,
        interactions.channel,
        interactions.campaign_id,
        interactions.occurred_at
    from interactions
    inner join interaction_signals on interactions.interaction_type = interaction_signals.interaction_type
),

-- a session begins 30 minutes or more after the last thing in the one before, so a click leads to one at most
placed as (
    select
        session_visits.customer_id,
        session_visits.session_number,
        clicks.channel,
        clicks.campaign_id,
        row_number() over (
            partition by session_visits.customer_id, session_visits.session_number
            order by clicks.occurred_at desc, clicks.interaction_id asc
        ) as place
    from session_visits
    inner join clicks
        on
            session_visits.customer_id = clicks.customer_id
            and session_visits.started_at >= clicks.occurred_at
            and session_visits.started_at < {{ dbt.dateadd('minute', 30, 'clicks.occurred_at') }}
),

session_landings as (
    select
        customer_id,
        session_number,
        coalesce(channel, 'unknown') as landing_channel,
        campaign_id as landing_campaign_id
    from placed
    where place = 1
)

select * from session_landings
