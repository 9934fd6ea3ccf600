-- One row per order that came later than promised and the days of grace, or has not come by then.
{{ config(materialized='by_customer') }}

with

deliveries as (
    select * from {{ ref('deliveries') }}
    where {{ is_due() }} and is_owed and promised_at is not null
),

limited as (
    select
        customer_id,
        record_id,
        delivered_at,
        {{ dbt.dateadd('day', var('delivery_grace_days'), 'promised_at') }} as late_from,
        {{ dbt.dateadd('day', var('delivery_grace_days') + var('missing_delivery_days'), 'promised_at') }}
            as missing_from
    from deliveries
),

late_deliveries as (
    select
        customer_id,
        'late_delivery' as reason,
        record_id,
        late_from as began_at,
        -- a delivery that nobody wrote down must not leave somebody waiting for ever
        coalesce(delivered_at, case when missing_from < {{ as_of() }} then missing_from end) as ended_at
    from limited
    where coalesce(delivered_at, {{ as_of() }}) > late_from
)

select * from late_deliveries
