-- One row per customer, channel and reason for which nothing is sent, whatever was consented to.
with

suppression_events as (

    {{ union_feed('suppression_events') | trim }}

),

consent_identifiers as (

    select * from {{ ref('consent_identifiers') }}

),

customers as (

    select * from {{ ref('customers') }}

),

-- A bounce says that an address is dead, not that a person said no: it holds while that address is the customer's.
asked as (

    select
        consent_identifiers.customer_id,
        coalesce(suppression_events.channel, 'any') as channel,
        coalesce(suppression_events.reason, 'unknown') as reason,
        coalesce(suppression_events.occurred_at, {{ as_of() }}) as since
    from suppression_events
    inner join consent_identifiers
        on suppression_events.record_id = consent_identifiers.record_id
    left join customers
        on consent_identifiers.customer_id = customers.customer_id
    where
        (suppression_events.occurred_at <= {{ as_of() }} or suppression_events.occurred_at is null)
        and (
            coalesce(suppression_events.reason, 'unknown') != 'bounce'
            or consent_identifiers.identifier_value in (customers.email, customers.phone)
        )

),

tests as (

    select
        customer_id,
        'any' as channel,
        'test' as reason,
        first_seen_at as since
    from customers
    where is_test

),

combined as (

    select * from asked
    union all
    select * from tests

),

suppressed as (

    select
        customer_id,
        channel,
        reason,
        min(since) as since
    from combined
    group by customer_id, channel, reason

)

select * from suppressed
