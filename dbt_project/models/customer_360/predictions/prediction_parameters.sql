-- One row per fit, model and term. This model only makes the table; `python -m predictions` appends to it.
{{ config(materialized='incremental', full_refresh=false, on_schema_change='append_new_columns') }}

with

parameters as (

    {{ empty_relation({
        'fit_id': 'text', 'candidate': 'text', 'is_used': 'boolean', 'term': 'text', 'knot': 'real', 'upper': 'real',
        'value': 'real',
    }) | trim }}

)

select * from parameters
