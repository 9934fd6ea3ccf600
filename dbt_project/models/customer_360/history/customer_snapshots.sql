{{ config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key=['customer_id', 'traits_hash', 'valid_from'],
    merge_update_columns=['valid_to'],
    on_schema_change='append_new_columns',
    full_refresh=false,
    pre_hook={'sql': "{{ kindred.give_past_the_types_of(ref('customers')) }}", 'transaction': false},
) }}
-- One row per customer and time in which none of their recorded traits changed, in the as_of of the builds that saw it.
-- A hash of the traits says who changed. Of a row that stands only the end is written, so what ends is selected without
-- its traits. Building an as_of again repairs its changes and adds none; building an earlier one changes nothing.
with

history as (
    {{ rows_of_earlier_builds({
        'customer_id': 'text', 'traits_hash': 'text', 'valid_from': 'timestamp', 'valid_to': 'timestamp',
    }) }}
),

later as (
    select count(*) as changes from history
    where valid_from > {{ as_of() }} or valid_to > {{ as_of() }}
),

standing as (
    select * from history
    where valid_to is null or valid_to = {{ as_of() }}
),

present as (
    select
        customer_id,
        {{ traits_hash() }} as traits_hash
    from {{ ref('customers') }}
),

changes as (
    select spans.* from ({{ snapshot_changes('standing', 'present') }}) as spans
    cross join later
    where later.changes = 0
),

customer_snapshots as (
    select
        changes.*,
        {{ traits_to_record('customers') | join(', ') }}
    from {{ ref('customers') }} as customers
    inner join changes on customers.customer_id = changes.customer_id
    where changes.valid_to is null and changes.valid_from = {{ as_of() }}
    union all
    select
        changes.*,
        {{ no_traits() | join(', ') }}
    from changes
    where changes.valid_to is not null or changes.valid_from < {{ as_of() }}
)

select * from customer_snapshots
