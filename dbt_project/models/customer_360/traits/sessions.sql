-- One row per session: what one customer did with less than 30 minutes between one thing and the next.
with

interactions as (
    select * from {{ ref('interactions') }}
    where customer_id is not null and not is_machine
),

interaction_types as (
    select * from {{ ref('interaction_types') }}
),

visits as (
    select
        interactions.customer_id,
        interactions.interaction_id,
        interactions.interaction_type,
        interactions.occurred_at,
        lag(interactions.occurred_at) over (
            partition by interactions.customer_id
            order by interactions.occurred_at, interactions.interaction_id
        ) as previous_at
    from interactions
    inner join interaction_types on interactions.interaction_type = interaction_types.interaction_type
    where interaction_types.is_visit
),

numbered as (
    select
        customer_id,
        interaction_id,
        interaction_type,
        occurred_at,
        count(*) filter (
            where previous_at is null or occurred_at >= {{ dbt.dateadd('minute', 30, 'previous_at') }}
        ) over (
            partition by customer_id
            order by occurred_at, interaction_id
            rows unbounded preceding
        ) as session_number
    from visits
),

sessions as (
    select
        customer_id,
        session_number,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        count(*) as interactions_count,
        count(*) filter (where interaction_type = 'product_view') as product_views
    from numbered
    group by customer_id, session_number
)

select * from sessions
