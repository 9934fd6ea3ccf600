{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    on_schema_change='append_new_columns',
) }}
-- One row per layout, segment and clause: what the numbers of customer_clauses mean. Only new layouts are appended.
with

clauses as (
    {{ clause_rows() | trim }}
),

logged_rows as (
    {{ rows_of_earlier_builds({'layout': 'text'}) }}
),

logged as (
    select distinct layout from logged_rows
),

fresh as (
    select
        clauses.layout,
        clauses.segment,
        clauses.place,
        clauses.definition,
        clauses.clause_number,
        clauses.clause,
        {{ as_of() }} as recorded_at
    from clauses
    left join logged on clauses.layout = logged.layout
    where logged.layout is null
)

select * from fresh
