-- One row per customer: who they are to us, and since when. Every other trait model starts from this list.
{{ config(materialized='by_customer') }}

with

customer_identifiers as (
    select * from {{ ref('customer_identifiers') }}
    where {{ is_due() }} and first_seen_at < {{ as_of() }}
),

record_customers as (
    select * from {{ ref('record_customers') }}
    where {{ is_due() }}
),

identifier_types as (
    select * from {{ ref('identifier_types') }}
),

test_accounts as (
    select * from {{ ref('test_accounts') }}
),

test_identifiers as (
    select distinct customer_identifiers.identifier_id
    from customer_identifiers
    inner join test_accounts
        on
            customer_identifiers.identifier_type = test_accounts.identifier_type
            and customer_identifiers.identifier_value like test_accounts.pattern
),

judged as (
    select
        customer_identifiers.customer_id,
        customer_identifiers.identifier_id,
        customer_identifiers.first_seen_at,
        customer_identifiers.last_seen_at,
        coalesce(identifier_types.is_known, false) as is_known,
        test_identifiers.identifier_id is not null as is_test
    from customer_identifiers
    left join identifier_types on customer_identifiers.identifier_type = identifier_types.identifier_type
    left join test_identifiers on customer_identifiers.identifier_id = test_identifiers.identifier_id
),

sources as (
    select
        customer_id,
        count(distinct source) as sources_count
    from record_customers
    group by customer_id
),

identified as (
    select
        customer_id,
        max(case when is_known then 1 else 0 end) = 1 as is_known,
        max(case when is_test then 1 else 0 end) = 1 as is_test,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        count(*) as identifiers_count
    from judged
    group by customer_id
),

customer_identity as (
    select
        identified.customer_id,
        identified.is_known,
        identified.is_test,
        identified.first_seen_at,
        identified.last_seen_at,
        identified.identifiers_count,
        coalesce(sources.sources_count, 0) as sources_count
    from identified
    left join sources on identified.customer_id = sources.customer_id
)

select * from customer_identity
