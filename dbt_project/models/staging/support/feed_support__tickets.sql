-- One row per support ticket.
with

tickets as (

    select * from {{ ref('stg_support__tickets') }}

),

shaped as (

    select
        record_id,
        source,
        interaction_id as ticket_id,
        channel,
        status,
        priority,
        occurred_at as opened_at,
        due_at,
        first_replied_at,
        solved_at,
        reopened_count
    from tickets

)

select * from shaped
