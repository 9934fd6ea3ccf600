-- One row per customer, purpose, channel and recipient of whom there is any word. No row means no.
with

consent_decisions as (

    select * from {{ ref('consent_decisions') }}

),

consent_events as (

    select * from {{ ref('consent_events') }}

),

-- What was never replaced still stands, and of what stands one withdrawal outweighs every grant.
standing as (

    select
        consent_event_id,
        customer_id,
        purpose,
        channel,
        recipient,
        is_grant,
        occurred_at,
        row_number() over (
            partition by customer_id, purpose, channel, recipient
            order by case when is_grant then 1 else 0 end asc, occurred_at desc, consent_event_id asc
        ) as weight
    from consent_decisions
    where not is_superseded

),

decided as (

    select
        {{ hash_of([
            'standing.customer_id', 'standing.purpose', 'standing.channel', 'standing.recipient',
        ]) }} as consent_id,
        standing.customer_id,
        standing.purpose,
        standing.channel,
        standing.recipient,
        standing.is_grant as is_granted,
        consent_events.policy_version,
        consent_events.jurisdiction,
        consent_events.proof,
        standing.occurred_at as decided_at
    from standing
    inner join consent_events
        on standing.consent_event_id = consent_events.consent_event_id
    where standing.weight = 1

)

select * from decided
