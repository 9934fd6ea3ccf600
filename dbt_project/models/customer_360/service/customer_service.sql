-- One row per customer: where service fell short of late, and which tickets wait for an answer.
{{ config(materialized='by_customer') }}

with

customers as (
    select * from {{ ref('customer_identity') }}
    where {{ is_due() }}
),

service_impairments as (
    select * from {{ ref('service_impairments') }}
    where {{ is_due() }}
),

tickets as (
    select * from {{ ref('tickets') }}
    where {{ is_due() }}
),

-- what is not over holds until as_of
impaired as (
    select
        customer_id,
        reason,
        max(coalesce(ended_at, {{ as_of() }})) as last_impaired_at
    from service_impairments
    group by customer_id, reason
),

summed as (
    select
        customer_id,
        max(last_impaired_at) as last_impaired_at,
        {{ dbt.listagg(
            "case when last_impaired_at >= " ~ days_before_as_of(30) ~ " then reason end", "', '", "order by reason"
        ) }} as impairment_reasons_30d
    from impaired
    group by customer_id
),

asked as (
    select
        customer_id,
        count(*) filter (where opened_at >= {{ days_before_as_of(90) }}) as tickets_90d,
        count(*) filter (where is_open) as open_tickets,
        count(*) filter (where is_overdue) as overdue_tickets
    from tickets
    group by customer_id
),

customer_service as (
    select
        customers.customer_id,
        coalesce(summed.last_impaired_at >= {{ days_before_as_of(14) }}, false) as is_service_impaired_14d,
        coalesce(summed.last_impaired_at >= {{ days_before_as_of(30) }}, false) as is_service_impaired_30d,
        summed.last_impaired_at,
        summed.impairment_reasons_30d,
        coalesce(asked.tickets_90d, 0) as tickets_90d,
        coalesce(asked.open_tickets, 0) as open_tickets,
        coalesce(asked.overdue_tickets, 0) as overdue_tickets
    from customers
    left join summed on customers.customer_id = summed.customer_id
    left join asked on customers.customer_id = asked.customer_id
)

select * from customer_service
