-- One row per fit, model, kind of table and bucket. This model only makes the table; `python -m predictions` appends.
{{ config(materialized='incremental', full_refresh=false, on_schema_change='append_new_columns') }}

with

buckets as (

    {{ empty_relation({
        'fit_id': 'text', 'candidate': 'text', 'kind': 'text', 'bucket': 'integer', 'lower_bound': 'real',
        'customers_count': 'integer', 'predicted': 'real', 'observed': 'real',
    }) | trim }}

)

select * from buckets
