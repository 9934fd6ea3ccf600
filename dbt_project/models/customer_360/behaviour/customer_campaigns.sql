-- One row per customer and email campaign: when it last reached them, and when they, no machine, opened and clicked.
{{ config(materialized='by_customer') }}

with

interactions as (
    select * from {{ ref('interactions') }}
    where
        {{ is_due() }}
        and campaign_id is not null
        and not is_machine
        and interaction_type in ('email_sent', 'email_delivered', 'email_open', 'email_click')
),

customer_campaigns as (
    select
        customer_id,
        campaign_id,
        max(occurred_at) filter (where interaction_type = 'email_sent') as last_sent_at,
        max(occurred_at) filter (where interaction_type = 'email_delivered') as last_delivered_at,
        max(occurred_at) filter (where interaction_type = 'email_open') as last_opened_at,
        max(occurred_at) filter (where interaction_type = 'email_click') as last_clicked_at
    from interactions
    group by customer_id, campaign_id
)

select * from customer_campaigns
