-- One row per run of a sync. This model only makes the table; each run appends to it.
{{ config(materialized='incremental', full_refresh=false, on_schema_change='append_new_columns') }}

with

runs as (

    {{ empty_relation({
        'run_id': 'text', 'sync': 'text', 'destination': 'text', 'status': 'text', 'desired': 'integer',
        'adds': 'integer', 'updates': 'integer', 'removals': 'integer', 'accepted': 'integer', 'pending': 'integer',
        'rejected': 'integer', 'retryable': 'integer', 'rate_limited': 'integer', 'unknown': 'integer',
        'message': 'text', 'build_id': 'text', 'started_at': 'timestamp', 'finished_at': 'timestamp',
    }) | trim }}

)

select * from runs
