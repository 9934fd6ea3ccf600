-- One row per support ticket.
with

tickets as (

    select * from {{ ref('base_support__tickets') }}

),

renamed as (

    select
        'support_tickets:' || ticket_id as record_id,
        'support' as source,
        'support:' || ticket_id as interaction_id,
        'support_ticket' as interaction_type,
        coalesce(channel, 'unknown') as channel,
        opened_at as occurred_at,
        user_id,
        email,
        phone,
        subject,
        status,
        priority,
        due_at,
        first_replied_at,
        solved_at,
        coalesce(reopened_count, 0) as reopened_count,
        csat_score,
        cast(null as varchar) as product_id,
        cast(null as varchar) as campaign_id,
        false as is_machine,
        loaded_at
    from tickets
    where problem is null and copy = 1

)

select * from renamed
