-- One row per match and pair of identifiers whose people were compared. This model only makes the table; each `kindred
-- match` adds its scores, of which the last ones count: a past day is built again with those that counted then.
{{ config(materialized='incremental', full_refresh=false, on_schema_change='append_new_columns') }}

with

scores as (

    select
        cast(null as {{ dbt.type_bigint() }}) as identifier_id,
        cast(null as {{ dbt.type_bigint() }}) as other_identifier_id,
        cast(null as decimal(7, 6)) as score,
        cast(null as {{ dbt.type_boolean() }}) as is_contradicted,
        cast(null as {{ dbt.type_string() }}) as evidence,
        cast(null as {{ dbt.type_string() }}) as model_version,
        cast(null as {{ dbt.type_timestamp() }}) as scored_as_of
    where 1 = 0

)

select * from scores
