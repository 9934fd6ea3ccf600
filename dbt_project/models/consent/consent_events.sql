-- One row per consent statement that counts by `as_of`.
-- What a source leaves unsaid is read as the stricter: no clear grant is a withdrawal, no scope is every scope, no time
-- is the latest time. A grant must say for what, through which channel and to whom, or it grants nothing.
with

events as (

    {{ union_feed('consent_events') | trim }}

),

read_strictly as (

    select
        record_id,
        source,
        coalesce(purpose, 'any') as purpose,
        coalesce(channel, 'any') as channel,
        recipient,
        coalesce(decision = 'granted', false) as is_grant,
        jurisdiction,
        policy_version,
        proof,
        occurred_at
    from events
    where occurred_at <= {{ as_of() }} or occurred_at is null

),

effective as (

    select
        record_id,
        source,
        purpose,
        channel,
        coalesce(recipient, 'any') as recipient,
        is_grant,
        jurisdiction,
        policy_version,
        proof,
        coalesce(occurred_at, {{ as_of() }}) as occurred_at
    from read_strictly
    where
        not is_grant
        or (purpose != 'any' and channel != 'any' and recipient is not null and occurred_at is not null)

),

identified as (

    select distinct
        {{ hash_of([
            'record_id', 'purpose', 'channel', 'recipient', 'is_grant', 'occurred_at', 'policy_version', 'jurisdiction',
            'proof',
        ]) }} as consent_event_id,
        record_id,
        source,
        purpose,
        channel,
        recipient,
        is_grant,
        jurisdiction,
        policy_version,
        proof,
        occurred_at
    from effective

)

select * from identified
