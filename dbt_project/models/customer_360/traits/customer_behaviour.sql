-- One row per customer: their visits, and the products that they looked at.
with

customers as (
    select * from {{ ref('customer_identity') }}
),

sessions as (
    select * from {{ ref('sessions') }}
),

product_views as (
    select * from {{ ref('interactions') }}
    where interaction_type = 'product_view' and not is_machine
),

visited as (
    select
        customer_id,
        max(ended_at) as last_visited_at,
        count(*) filter (where ended_at >= {{ days_before_as_of(30) }}) as visits_30d
    from sessions
    group by customer_id
),

viewed as (
    select
        customer_id,
        max(occurred_at) as last_product_viewed_at,
        count(*) filter (where occurred_at >= {{ days_before_as_of(7) }}) as product_views_7d,
        count(distinct product_id) filter (where occurred_at >= {{ days_before_as_of(7) }}) as products_viewed_7d,
        count(*) filter (where occurred_at >= {{ days_before_as_of(30) }}) as product_views_30d
    from product_views
    where customer_id is not null
    group by customer_id
),

customer_behaviour as (
    select
        customers.customer_id,
        visited.last_visited_at,
        coalesce(visited.visits_30d, 0) as visits_30d,
        viewed.last_product_viewed_at,
        coalesce(viewed.product_views_7d, 0) as product_views_7d,
        coalesce(viewed.products_viewed_7d, 0) as products_viewed_7d,
        coalesce(viewed.product_views_30d, 0) as product_views_30d
    from customers
    left join visited on customers.customer_id = visited.customer_id
    left join viewed on customers.customer_id = viewed.customer_id
)

select * from customer_behaviour
