-- One row per customer: the emails that they got, opened and clicked. A mail server's own opening is none.
with

customers as (
    select * from {{ ref('customer_identity') }}
),

interactions as (
    select * from {{ ref('interactions') }}
    where
        customer_id is not null
        and not is_machine
        and interaction_type in ('email_sent', 'email_open', 'email_click')
),

counted as (
    select
        customer_id,
        count(*) filter (where interaction_type = 'email_sent') as emails_sent_90d,
        count(*) filter (where interaction_type = 'email_open') as email_opens_90d,
        count(*) filter (where interaction_type = 'email_click') as email_clicks_90d
    from interactions
    where occurred_at >= {{ days_before_as_of(90) }}
    group by customer_id
),

customer_email_traits as (
    select
        customers.customer_id,
        coalesce(counted.emails_sent_90d, 0) as emails_sent_90d,
        coalesce(counted.email_opens_90d, 0) as email_opens_90d,
        coalesce(counted.email_clicks_90d, 0) as email_clicks_90d
    from customers
    left join counted on customers.customer_id = counted.customer_id
)

select * from customer_email_traits
