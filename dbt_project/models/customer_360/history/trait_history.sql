{{ config(
    materialized='incremental',
    unique_key=['customer_id', 'trait', 'valid_from'],
    on_schema_change='append_new_columns',
    full_refresh=false,
) }}
-- One row per customer, trait and time in which it had one value, in the as_of of the builds that saw it change.
-- The trait `_all` stands for the customer as a whole, by one hash: who has the hash of the last build is passed over.
-- Building an as_of again repairs its changes and adds none; building an earlier one changes nothing. The history and
-- the customers are no CTEs of their own, which an engine would keep as a whole: they are far more than what is due.
with

later as (
    select count(*) as changes from ({{ trait_history_until_now() }}) as history
    where valid_from > {{ as_of() }} or valid_to > {{ as_of() }}
),

prints as (
    select customer_id, '_all' as trait, {{ traits_hash() }} as value from {{ ref('customers') }}
),

recorded_prints as (
    select * from ({{ trait_history_until_now() }}) as history
    where trait = '_all' and valid_to is null
),

due as (
    select coalesce(prints.customer_id, recorded_prints.customer_id) as customer_id
    from prints
    full outer join recorded_prints on prints.customer_id = recorded_prints.customer_id
    where prints.value is distinct from recorded_prints.value
),

due_customers as (
    select customers.* from {{ ref('customers') }} as customers
    inner join due on customers.customer_id = due.customer_id
),

traits as (
    {{ trait_values('due_customers') }}
    union all
    select prints.* from prints
    inner join due on prints.customer_id = due.customer_id
),

recorded as (
    select history.* from ({{ trait_history_until_now() }}) as history
    inner join due on history.customer_id = due.customer_id
    where history.valid_to is null or history.valid_to = {{ as_of() }}
),

spans as (
    {{ span_changes('recorded', 'traits', ['customer_id', 'trait']) }}
),

changes as (
    select spans.* from spans
    cross join later
    where later.changes = 0
)

select * from changes
