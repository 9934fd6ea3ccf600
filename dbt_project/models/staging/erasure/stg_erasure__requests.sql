-- One row per request to be forgotten. A request that cannot be read in full counts if it names somebody, from the
-- moment at which we were told of it, while its row waits in quarantine.
with

requests as (

    select * from {{ ref('base_erasure__requests') }}

),

versioned as (

    select
        *,
        min(loaded_at) over (partition by request_key) as first_loaded_at,
        row_number() over (
            partition by request_key
            order by case when problem is null then 0 else 1 end, copy
        ) as version_number
    from requests
    where coalesce(user_id, email, phone) is not null

),

renamed as (

    select
        'erasure_requests:' || request_key as record_id,
        'erasure' as source,
        'erasure' as reason,
        'any' as channel,
        {{ moment_of_stop('requested_at', 'loaded_at', 'first_loaded_at') }} as occurred_at,
        user_id,
        email,
        phone,
        jurisdiction,
        problem is not null as is_read_strictly,
        loaded_at
    from versioned
    where version_number = 1

)

select * from renamed
