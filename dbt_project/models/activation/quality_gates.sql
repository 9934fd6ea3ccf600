-- One row per gate and time at which it was checked. This model only makes the table; each check appends to it.
{{ config(materialized='incremental', full_refresh=false, on_schema_change='append_new_columns') }}

with

checks as (

    {{ empty_relation({
        'gate': 'text', 'build_id': 'text', 'passed': 'boolean', 'detail': 'text', 'checked_at': 'timestamp',
    }) | trim }}

)

select * from checks
