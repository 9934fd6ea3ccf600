-- One row per decision on consent. Only a decision that was read in full grants; one that might be a withdrawal
-- withdraws whatever it may mean (`any`), while its row waits in quarantine.
with

events as (

    select * from {{ ref('base_consent__events') }}

),

-- Of two versions of one decision the last one loaded counts; loaded at once, the stricter.
versioned as (

    select
        *,
        coalesce(decision = 'granted', false) as is_grant,
        row_number() over (
            partition by consent_event_key
            order by loaded_at desc, decision desc nulls first, problem asc nulls last, copy asc
        ) as version_number,
        min(loaded_at) over (partition by consent_event_key, coalesce(decision = 'granted', false)) as first_loaded_at
    from events

),

-- A grant that was loaded again and can no longer be read grants no more; a withdrawal outlives such a version.
effective as (

    select
        *,
        row_number() over (
            partition by consent_event_key
            order by version_number
        ) as place
    from versioned
    where
        coalesce(user_id, email, phone, loyalty_card) is not null
        and (not is_grant or (problem is null and version_number = 1))

),

renamed as (

    select
        'consent_events:' || consent_event_key as record_id,
        'consent' as source,
        {{ moment_of_stop('occurred_at', 'loaded_at', 'first_loaded_at') }} as occurred_at,
        user_id,
        email,
        phone,
        loyalty_card,
        coalesce(purpose, 'any') as purpose,
        coalesce(channel, 'any') as channel,
        coalesce(recipient, 'any') as recipient,
        jurisdiction,
        case when is_grant then 'granted' else 'withdrawn' end as decision,
        policy_version,
        proof,
        problem is not null as is_read_strictly,
        loaded_at
    from effective
    where place = 1

)

select * from renamed
