-- One row per parcel that arrived, and per first reply to a ticket and solution of it, as a line of the timeline.
with

tickets as (
    select * from {{ ref('tickets') }}
),

deliveries as (
    select * from {{ ref('deliveries') }}
),

service_events as (
    select
        'ticket_reply:' || ticket_id as event_id,
        customer_id,
        first_replied_at as occurred_at,
        'ticket_replied' as event_type,
        source,
        record_id,
        channel as detail
    from tickets
    where first_replied_at is not null
    union all
    select
        'ticket_solution:' || ticket_id as event_id,
        customer_id,
        solved_at as occurred_at,
        'ticket_solved' as event_type,
        source,
        record_id,
        channel as detail
    from tickets
    where solved_at is not null
    union all
    select
        'delivery:' || order_id as event_id,
        customer_id,
        delivered_at as occurred_at,
        'delivery' as event_type,
        source,
        record_id,
        order_id as detail
    from deliveries
    where delivered_at is not null
)

select * from service_events
