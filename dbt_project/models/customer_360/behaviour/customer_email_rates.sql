-- One row per customer: the shares of the email campaigns that reached them which they opened and clicked.
-- A rate counts campaigns and not events: twenty clicks in one mail are one mail that was clicked.
{{ config(materialized='by_customer') }}

with

customers as (
    select * from {{ ref('customer_identity') }}
    where {{ is_due() }}
),

customer_campaigns as (
    select * from {{ ref('customer_campaigns') }}
    where {{ is_due() }} and last_delivered_at >= {{ days_before_as_of(90) }}
),

-- a campaign that goes out again and again is judged by what became of it within the same days
dated as (
    select
        customer_id,
        last_delivered_at >= {{ days_before_as_of(30) }} as is_reached_30d,
        last_opened_at >= {{ days_before_as_of(30) }} as is_opened_30d,
        last_clicked_at >= {{ days_before_as_of(30) }} as is_clicked_30d,
        last_opened_at >= {{ days_before_as_of(90) }} as is_opened_90d,
        last_clicked_at >= {{ days_before_as_of(90) }} as is_clicked_90d
    from customer_campaigns
),

counted as (
    select
        customer_id,
        count(*) filter (where is_reached_30d) as campaigns_30d,
        count(*) filter (where is_reached_30d and is_opened_30d) as opened_30d,
        count(*) filter (where is_reached_30d and is_clicked_30d) as clicked_30d,
        count(*) as campaigns_90d,
        count(*) filter (where is_opened_90d) as opened_90d,
        count(*) filter (where is_clicked_90d) as clicked_90d
    from dated
    group by customer_id
),

customer_email_rates as (
    select
        customers.customer_id,
        coalesce(counted.campaigns_30d, 0) as email_campaigns_30d,
        {{ share_of('counted.opened_30d', 'counted.campaigns_30d') }} as email_open_rate_30d,
        {{ share_of('counted.clicked_30d', 'counted.campaigns_30d') }} as email_click_rate_30d,
        coalesce(counted.campaigns_90d, 0) as email_campaigns_90d,
        {{ share_of('counted.opened_90d', 'counted.campaigns_90d') }} as email_open_rate_90d,
        {{ share_of('counted.clicked_90d', 'counted.campaigns_90d') }} as email_click_rate_90d
    from customers
    left join counted on customers.customer_id = counted.customer_id
)

select * from customer_email_rates
