-- One row per ticket and way in which it went wrong: opened again, or first answered after it was due.
{{ config(materialized='by_customer') }}

with

tickets as (
    select * from {{ ref('tickets') }}
    where {{ is_due() }}
),

-- no source says when a ticket was opened again: it was after the first answer and before the last solution
reopened as (
    select
        customer_id,
        'reopened_ticket' as reason,
        record_id,
        coalesce(first_replied_at, opened_at) as began_at,
        case when not is_open then coalesce(solved_at, first_replied_at, opened_at) end as ended_at
    from tickets
    where reopened_count > 0
),

-- what was solved was answered, whether or not somebody wrote a reply
answered as (
    select
        *,
        coalesce(first_replied_at, case when not is_open then solved_at end) as answered_at
    from tickets
    where due_at is not null
),

late as (
    select
        customer_id,
        'late_reply' as reason,
        record_id,
        due_at as began_at,
        answered_at as ended_at
    from answered
    where answered_at > due_at or (answered_at is null and is_overdue)
),

ticket_impairments as (
    select * from reopened
    union all
    select * from late
)

select * from ticket_impairments
