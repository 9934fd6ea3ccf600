-- One row per customer: their visits, and the products that they looked at.
with

customers as (
    select * from {{ ref('customer_identity') }}
),

sessions as (
    select * from {{ ref('sessions') }}
),

interactions as (
    select * from {{ ref('interactions') }}
    where customer_id is not null and not is_machine
),

visited as (
    select
        customer_id,
        max(ended_at) as last_visited_at,
        count(*) filter (where ended_at >= {{ days_before_as_of(30) }}) as visits_30d
    from sessions
    group by customer_id
),

acted as (
    select
        customer_id,
        max(occurred_at) filter (where interaction_type = 'product_view') as last_product_viewed_at,
        count(*) filter (
            where interaction_type = 'product_view' and occurred_at >= {{ days_before_as_of(7) }}
        ) as product_views_7d,
        count(distinct product_id) filter (
            where interaction_type = 'product_view' and occurred_at >= {{ days_before_as_of(7) }}
        ) as products_viewed_7d,
        count(*) filter (
            where interaction_type = 'product_view' and occurred_at >= {{ days_before_as_of(30) }}
        ) as product_views_30d
    from interactions
    group by customer_id
),

customer_behaviour as (
    select
        customers.customer_id,
        visited.last_visited_at,
        coalesce(visited.visits_30d, 0) as visits_30d,
        acted.last_product_viewed_at,
        coalesce(acted.product_views_7d, 0) as product_views_7d,
        coalesce(acted.products_viewed_7d, 0) as products_viewed_7d,
        coalesce(acted.product_views_30d, 0) as product_views_30d
    from customers
    left join visited on customers.customer_id = visited.customer_id
    left join acted on customers.customer_id = acted.customer_id
)

select * from customer_behaviour
