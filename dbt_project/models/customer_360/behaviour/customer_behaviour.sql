-- One row per customer: their visits, what they looked at, searched and used, and what they said on social networks.
with
customers as (
    select * from {{ ref('customer_identity') }}
    where {{ is_due() }}
),

sessions as (
    select * from {{ ref('sessions') }}
    where {{ is_due() }}
),

customer_days as (
    select * from {{ ref('customer_days') }}
    where {{ is_due() }}
),

customer_product_days as (
    select * from {{ ref('customer_product_days') }}
    where {{ is_due() }} and interaction_type = 'product_view' and activity_day >= {{ first_day_of_last(7) }}
),

visited as (
    select
        customer_id,
        max(ended_at) as last_visited_at,
        count(*) filter (where ended_at >= {{ days_before_as_of(30) }}) as visits_30d,
        count(distinct {{ activity_day('started_at') }}) filter (where started_at >= {{ days_before_as_of(30) }})
            as active_days_30d
    from sessions
    group by customer_id
),

viewed as (
    select
        customer_id,
        count(distinct product_id) as products_viewed_7d
    from customer_product_days
    group by customer_id
),

acted as (
    select
        customer_id,
        max(last_at) filter (where interaction_type = 'product_view') as last_product_viewed_at,
        {{ count_in_days('product_view', 7) }} as product_views_7d,
        {{ count_in_days('product_view', 30) }} as product_views_30d,
        {{ count_in_days('search', 30) }} as searches_30d,
        max(last_at) filter (where interaction_type = 'usage') as last_used_at,
        {{ count_in_days('usage', 30) }} as usage_30d,
        {{ count_in_days('usage', 60) }} - {{ count_in_days('usage', 30) }} as usage_previous_30d,
        max(last_at) filter (where interaction_type = 'social') as last_social_at,
        {{ count_in_days('social', 30) }} as social_interactions_30d
    from customer_days
    group by customer_id
),

customer_behaviour as (
    select
        customers.customer_id,
        visited.last_visited_at,
        coalesce(visited.visits_30d, 0) as visits_30d,
        coalesce(visited.active_days_30d, 0) as active_days_30d,
        acted.last_product_viewed_at,
        coalesce(acted.product_views_7d, 0) as product_views_7d,
        coalesce(viewed.products_viewed_7d, 0) as products_viewed_7d,
        coalesce(acted.product_views_30d, 0) as product_views_30d,
        coalesce(acted.searches_30d, 0) as searches_30d,
        acted.last_used_at,
        coalesce(acted.usage_30d, 0) as usage_30d,
        coalesce(acted.usage_previous_30d, 0) as usage_previous_30d,
        acted.last_social_at,
        coalesce(acted.social_interactions_30d, 0) as social_interactions_30d
    from customers
    left join visited on customers.customer_id = visited.customer_id
    left join viewed on customers.customer_id = viewed.customer_id
    left join acted on customers.customer_id = acted.customer_id
)

select * from customer_behaviour
