-- One row per customer: the emails that they got, opened and clicked. A mail server's own opening is none.
{{ config(materialized='by_customer') }}

with

customers as (
    select * from {{ ref('customer_identity') }}
    where {{ is_due() }}
),

customer_days as (
    select * from {{ ref('customer_days') }}
    where {{ is_due() }}
),

counted as (
    select
        customer_id,
        {{ count_in_days('email_sent', 30) }} as emails_sent_30d,
        {{ count_in_days('email_sent', 90) }} as emails_sent_90d,
        {{ count_in_days('email_delivered', 30) }} as emails_delivered_30d,
        {{ count_in_days('email_delivered', 90) }} as emails_delivered_90d,
        {{ count_in_days('email_open', 30) }} as email_opens_30d,
        {{ count_in_days('email_open', 90) }} as email_opens_90d,
        {{ count_in_days('email_click', 30) }} as email_clicks_30d,
        {{ count_in_days('email_click', 90) }} as email_clicks_90d,
        {{ count_in_days('email_bounce', 30) }} as email_bounces_30d,
        {{ count_in_days('email_bounce', 90) }} as email_bounces_90d,
        {{ count_in_days('email_complaint', 30) }} as email_complaints_30d,
        {{ count_in_days('email_complaint', 90) }} as email_complaints_90d,
        max(last_at) filter (where interaction_type = 'email_open') as last_email_opened_at,
        max(last_at) filter (where interaction_type = 'email_click') as last_email_clicked_at,
        max(last_at) filter (where interaction_type = 'email_bounce') as last_email_bounced_at,
        max(last_at) filter (where interaction_type = 'email_complaint') as last_email_complained_at
    from customer_days
    group by customer_id
),

customer_email_traits as (
    select
        customers.customer_id,
        coalesce(counted.emails_sent_30d, 0) as emails_sent_30d,
        coalesce(counted.emails_sent_90d, 0) as emails_sent_90d,
        coalesce(counted.emails_delivered_30d, 0) as emails_delivered_30d,
        coalesce(counted.emails_delivered_90d, 0) as emails_delivered_90d,
        coalesce(counted.email_opens_30d, 0) as email_opens_30d,
        coalesce(counted.email_opens_90d, 0) as email_opens_90d,
        coalesce(counted.email_clicks_30d, 0) as email_clicks_30d,
        coalesce(counted.email_clicks_90d, 0) as email_clicks_90d,
        coalesce(counted.email_bounces_30d, 0) as email_bounces_30d,
        coalesce(counted.email_bounces_90d, 0) as email_bounces_90d,
        coalesce(counted.email_complaints_30d, 0) as email_complaints_30d,
        coalesce(counted.email_complaints_90d, 0) as email_complaints_90d,
        counted.last_email_opened_at,
        counted.last_email_clicked_at,
        counted.last_email_bounced_at,
        counted.last_email_complained_at
    from customers
    left join counted on customers.customer_id = counted.customer_id
)

select * from customer_email_traits
