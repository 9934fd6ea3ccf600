{{ config(
    materialized='incremental',
    unique_key=['customer_id', 'valid_from'],
    on_schema_change='append_new_columns',
    full_refresh=false,
) }}
-- One row per customer and time in which they fulfilled the same clauses of all segments, in the as_of of the builds.
-- Building an as_of again repairs its changes and adds none; building an earlier one changes nothing.
with

customers as (
    select * from {{ ref('customers') }}
),

history as (
    {{ rows_of_earlier_builds({
        'customer_id': 'text', 'value': 'text', 'valid_from': 'timestamp', 'valid_to': 'timestamp',
    }) }}
),

later as (
    select count(*) as changes from history
    where valid_from > {{ as_of() }} or valid_to > {{ as_of() }}
),

truths as (
    select
        customer_id,
        {{ clause_truths() }} as value
    from customers
),

recorded as (
    select * from history
    where valid_to is null or valid_to = {{ as_of() }}
),

spans as (
    {{ span_changes('recorded', 'truths', ['customer_id']) }}
),

changes as (
    select spans.* from spans
    cross join later
    where later.changes = 0
)

select * from changes
