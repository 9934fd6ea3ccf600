-- One row per customer that has or had a record: in which build something about them changed last. Watched is every row
-- of theirs in the feeds, as it stands before as_of; who has none any more is kept, so that others hear of it. What is
-- nobody's is together one customer, whose id is empty.
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='customer_id',
    full_refresh=false,
    on_schema_change='append_new_columns',
    pre_hook='{{ kindred.make_room_for_due() }}',
) }}

with

watched as (
    {{ rows_of_customers(
        [
            ref('customer_identifiers'), ref('orders'), ref('order_items'), ref('refunds'), ref('booked_refunds'),
            ref('payments'), ref('carts'), ref('scored_answers'), ref('tickets'), ref('deliveries'), ref('milestones'),
            ref('purchase_events'), ref('service_events'), ref('value_proofs'),
        ],
        records=[ref('interaction_records'), ref('stated_attributes')],
        owners=ref('record_customers'),
    ) }}
),

previous as (
    {{ rows_of_earlier_builds({'customer_id': 'text', 'fingerprint': 'text', 'changed_in': 'integer'}) }}
),

this_build as (
    select coalesce(max(changed_in), 0) + 1 as build from previous
),

-- adding up knows no order, so the same rows always give the same number
fingerprints as (
    select
        coalesce(customer_id, '') as customer_id,
        cast(count(*) as {{ dbt.type_string() }})
        || ':' || cast(sum(row_number_of_content) as {{ dbt.type_string() }}) as fingerprint
    from watched
    group by 1
),

customer_versions as (
    select
        coalesce(fingerprints.customer_id, previous.customer_id) as customer_id,
        coalesce(fingerprints.fingerprint, 'gone') as fingerprint,
        cast(this_build.build as {{ dbt.type_bigint() }}) as changed_in
    from fingerprints
    full outer join previous on fingerprints.customer_id = previous.customer_id
    cross join this_build
    where coalesce(fingerprints.fingerprint, 'gone') is distinct from previous.fingerprint
)

select * from customer_versions
