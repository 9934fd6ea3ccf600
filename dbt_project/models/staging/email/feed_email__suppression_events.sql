-- One row per mail that bounced or was complained about.
with

events as (

    select * from {{ ref('stg_email__events') }}

),

stopping as (

    -- The mailing tool reports only bounces that are final, so every one of them counts.
    select
        record_id,
        source,
        event_type as reason,
        channel,
        occurred_at
    from events
    where event_type in ('bounce', 'complaint')

)

select * from stopping
