-- One row per moment before as_of at which what somebody is to us, or allows us, changed: an account or a card, a word
-- on consent, a stop. Bounces and complaints that came as interactions are left there.
with

feed as (
    {{ union_feed('milestones') }}
),

consent_events as (
    {{ union_feed('consent_events') }}
),

suppression_events as (
    {{ union_feed('suppression_events') }}
),

interactions as (
    select * from {{ ref('interaction_records') }}
),

record_customers as (
    select * from {{ ref('record_customers') }}
),

moments as (
    select
        milestone_id,
        record_id,
        source,
        milestone_type,
        occurred_at,
        detail
    from feed
    union all
    select
        record_id || ':' || purpose || ':' || channel || ':' || recipient as milestone_id,
        record_id,
        source,
        'consent_' || decision as milestone_type,
        occurred_at,
        purpose || ' by ' || channel || case when recipient <> 'any' then ' from ' || recipient else '' end as detail
    from consent_events
    union all
    select
        suppression_events.record_id || ':' || suppression_events.reason || ':'
        || coalesce(suppression_events.channel, 'any') as milestone_id,
        suppression_events.record_id,
        suppression_events.source,
        case when suppression_events.reason = 'erasure' then 'erasure_request' else suppression_events.reason end
            as milestone_type,
        suppression_events.occurred_at,
        suppression_events.channel as detail
    from suppression_events
    left join interactions on suppression_events.record_id = interactions.record_id
    where interactions.record_id is null
),

milestones as (
    select
        moments.milestone_id,
        moments.record_id,
        record_customers.customer_id,
        moments.source,
        moments.milestone_type,
        moments.occurred_at,
        moments.detail
    from moments
    left join record_customers on moments.record_id = record_customers.record_id
    where moments.occurred_at < {{ as_of() }}
)

select * from milestones
