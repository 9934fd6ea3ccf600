-- One row per attempt to fit a model. This model only makes the table; `python -m predictions` appends to it.
{{ config(materialized='incremental', full_refresh=false, on_schema_change='append_new_columns') }}

with

fits as (

    {{ empty_relation({
        'fit_id': 'text', 'subject': 'text', 'fitted_as_of': 'timestamp', 'fitted_at': 'timestamp', 'cause': 'text',
        'status': 'text', 'detail': 'text', 'customers_count': 'integer', 'history_days': 'integer',
        'method': 'text',
    }) | trim }}

)

select * from fits
