-- One row per source and currency: what its records say was sold less what was paid back, and what became revenue.
with

money_records as (
    select * from {{ ref('money_records') }}
),

revenue as (
    select * from {{ ref('revenue') }}
),

recorded as (
    select
        source,
        currency,
        sum(amount) as amount,
        count(*) - count(amount) as records_without_rate
    from money_records
    group by source, currency
),

booked as (
    select
        source,
        currency,
        sum(net_amount) as amount,
        sum(case when customer_id is null then net_amount else 0 end) as anonymous_amount
    from revenue
    group by source, currency
),

money_reconciliation as (
    select
        coalesce(recorded.source, booked.source) as source,
        coalesce(recorded.currency, booked.currency) as currency,
        {{ money('coalesce(recorded.amount, 0)') }} as records_amount,
        {{ money('coalesce(booked.amount, 0)') }} as revenue_amount,
        {{ money('coalesce(booked.anonymous_amount, 0)') }} as anonymous_amount,
        {{ money('coalesce(booked.amount, 0) - coalesce(recorded.amount, 0)') }} as difference,
        coalesce(recorded.records_without_rate, 0) as records_without_rate
    from recorded
    full outer join booked
        on
            recorded.source = booked.source
            and recorded.currency = booked.currency
)

select * from money_reconciliation
