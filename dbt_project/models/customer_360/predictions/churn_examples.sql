-- One row per moment of churn prediction and customer who had bought by then: the features, and whether they left.
-- Only what had happened before the moment is in a feature; counts, amounts and days are logarithms, ln(1 + n).
{{ config(materialized='view') }}

with

churn_purchases as (
    select * from {{ ref('churn_purchases') }}
),

churn_gaps as (
    select * from {{ ref('churn_gaps') }}
),

churn_activity as (
    select * from {{ ref('churn_activity') }}
),

customers as (
    select * from {{ ref('customer_identity') }}
),

churn_examples as (
    select
        churn_purchases.purpose,
        churn_purchases.customer_id,
        coalesce(customers.is_test, false) as is_test,
        churn_purchases.churned,
        coalesce(churn_gaps.gap_percentile, cast(0 as decimal(9, 6))) as gap_percentile,
        {{ feature('ln(1 + churn_purchases.silent_days)') }} as silent_days,
        {{ feature('ln(1 + churn_purchases.tenure_days)') }} as tenure_days,
        {{ feature('ln(1 + churn_purchases.purchase_days)') }} as purchase_days,
        {{ feature('ln(1 + churn_purchases.purchase_days_365d)') }} as purchase_days_365d,
        {{ feature(
            'ln(1 + (churn_purchases.tenure_days - churn_purchases.silent_days) * 1.0 / churn_purchases.purchase_days)'
        ) }} as mean_gap_days,
        {{ feature('ln(1 + greatest(churn_purchases.amount_365d, 0))') }} as amount_365d,
        {{ feature('ln(1 + greatest(churn_purchases.amount * 1.0 / churn_purchases.purchase_days, 0))') }}
            as average_amount,
        {{ feature(
            'coalesce(churn_purchases.discount_amount * 1.0 / nullif('
            ~ 'churn_purchases.discount_amount + greatest(churn_purchases.amount, 0), 0), 0)'
        ) }} as discount_share,
        {{ feature('ln(1 + coalesce(churn_activity.visit_days_90d, 0))') }} as visit_days_90d,
        {{ feature('ln(1 + coalesce(churn_activity.product_views_90d, 0))') }} as product_views_90d,
        {{ feature('ln(1 + coalesce(churn_activity.cart_events_90d, 0))') }} as cart_events_90d,
        {{ feature('ln(1 + coalesce(churn_activity.email_opens_90d, 0))') }} as email_opens_90d,
        {{ feature('ln(1 + coalesce(churn_activity.email_clicks_90d, 0))') }} as email_clicks_90d,
        {{ feature('ln(1 + coalesce(churn_activity.tickets_90d, 0))') }} as tickets_90d
    from churn_purchases
    left join churn_gaps
        on churn_purchases.purpose = churn_gaps.purpose and churn_purchases.customer_id = churn_gaps.customer_id
    left join churn_activity
        on churn_purchases.purpose = churn_activity.purpose and churn_purchases.customer_id = churn_activity.customer_id
    left join customers on churn_purchases.customer_id = customers.customer_id
)

select * from churn_examples
