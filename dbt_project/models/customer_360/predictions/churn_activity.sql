-- One row per moment of churn prediction and customer who did something in the 90 days before it.
{{ config(materialized='view') }}

with

prediction_moments as (
    select * from {{ ref('prediction_moments') }}
    where purpose in ('now', 'churn_test', 'churn_train')
),

interactions as (
    select * from {{ ref('interactions') }}
    where customer_id is not null and not is_machine
),

interaction_types as (
    select * from {{ ref('interaction_types') }}
),

recent as (
    select
        prediction_moments.purpose,
        interactions.customer_id,
        interactions.interaction_type,
        cast(interactions.occurred_at as date) as occurred_on,
        interaction_types.is_visit
    from prediction_moments
    inner join interactions
        on
            interactions.occurred_at < prediction_moments.moment
            and interactions.occurred_at >= {{ dbt.dateadd('day', -90, 'prediction_moments.moment') }}
    left join interaction_types on interactions.interaction_type = interaction_types.interaction_type
),

churn_activity as (
    select
        purpose,
        customer_id,
        count(distinct occurred_on) filter (where is_visit) as visit_days_90d,
        count(*) filter (where interaction_type = 'product_view') as product_views_90d,
        count(*) filter (where interaction_type = 'add_to_cart') as cart_events_90d,
        count(*) filter (where interaction_type = 'email_open') as email_opens_90d,
        count(*) filter (where interaction_type = 'email_click') as email_clicks_90d,
        count(*) filter (where interaction_type = 'support_ticket') as tickets_90d
    from recent
    group by purpose, customer_id
)

select * from churn_activity
