-- One row per answer of a destination about one record. This model only makes the table; each send appends to it.
{{ config(materialized='incremental', full_refresh=false, on_schema_change='append_new_columns') }}

with

answers as (

    {{ empty_relation({
        'receipt_id': 'text', 'run_id': 'text', 'sync': 'text', 'destination': 'text', 'operation': 'text',
        'record_key': 'text', 'customer_id': 'text', 'permission_id': 'text', 'payload_hash': 'text', 'outcome': 'text',
        'reason': 'text', 'build_id': 'text', 'delivered_at': 'timestamp',
    }) | trim }}

)

select * from answers
