-- One row per support ticket opened before as_of, as far as as_of knows how it went on.
with

feed as (
    {{ union_feed('tickets') }}
),

record_customers as (
    select * from {{ ref('record_customers') }}
),

known as (
    select
        feed.ticket_id,
        feed.record_id,
        record_customers.customer_id,
        feed.source,
        feed.channel,
        feed.priority,
        feed.opened_at,
        feed.due_at,
        case when feed.first_replied_at < {{ as_of() }} then feed.first_replied_at end as first_replied_at,
        case when feed.solved_at < {{ as_of() }} then feed.solved_at end as solved_at,
        coalesce(feed.reopened_count, 0) as reopened_count,
        -- the status is today's: what was solved only later was still open
        coalesce(feed.solved_at >= {{ as_of() }}, false)
        or coalesce(feed.status not in ('solved', 'closed'), feed.solved_at is null) as is_open
    from feed
    left join record_customers on feed.record_id = record_customers.record_id
    where feed.opened_at < {{ as_of() }}
),

tickets as (
    select
        *,
        is_open and coalesce(due_at < {{ as_of() }}, false) as is_overdue
    from known
)

select * from tickets
