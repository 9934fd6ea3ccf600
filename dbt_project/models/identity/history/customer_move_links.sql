-- One row per move that a link explains: the log of causes, appended while the run's links are at hand.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    on_schema_change='append_new_columns',
) }}

with

causes as (

    select * from {{ ref('customer_move_causes') }}

),

logged as (

    {{ rows_of_earlier_builds({'move_id': 'integer'}) | trim }}

),

new_causes as (

    select causes.*
    from causes
    left join logged on causes.move_id = logged.move_id
    where logged.move_id is null

)

select * from new_causes
