-- One row per fit, model, target and measure. This model only makes the table; `python -m predictions` appends to it.
{{ config(materialized='incremental', full_refresh=false, on_schema_change='append_new_columns') }}

with

quality as (

    {{ empty_relation({
        'fit_id': 'text', 'candidate': 'text', 'target': 'text', 'measure': 'text', 'value': 'real',
    }) | trim }}

)

select * from quality
