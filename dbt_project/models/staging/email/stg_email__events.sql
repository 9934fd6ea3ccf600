-- One row per email event. A bounce or complaint that cannot be read in full is kept if it names an address: it stops
-- mail from the moment at which we were told of it, while its row waits in quarantine.
with

events as (

    select * from {{ ref('base_email__events') }}

),

first_told as (

    select
        *,
        min(loaded_at) over (partition by email_event_key) as first_loaded_at,
        row_number() over (
            partition by email_event_key
            order by case when problem is null then 0 else 1 end, copy
        ) as version_number
    from events
    where problem is null or (event_type in ('bounce', 'complaint') and email is not null)

),

renamed as (

    select
        'email_events:' || email_event_key as record_id,
        'email' as source,
        'email:' || email_event_key as interaction_id,
        'email_' || event_type as interaction_type,
        'email' as channel,
        case
            when problem is null then occurred_at
            else {{ moment_of_stop('occurred_at', 'loaded_at', 'first_loaded_at') }}
        end as occurred_at,
        email,
        campaign_id,
        message_id,
        event_type,
        cast(null as varchar) as product_id,
        coalesce(is_machine_open, false) as is_machine,
        problem is not null as is_read_strictly,
        loaded_at
    from first_told
    where version_number = 1

)

select * from renamed
