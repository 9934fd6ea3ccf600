-- One row per thing that somebody did, or that was done to reach them, before as_of, with the customer of now.
-- It is a view, so that a run can see which customers it concerns before the others are written again.
{{ config(materialized='view') }}

with

interaction_records as (
    select * from {{ ref('interaction_records') }}
),

record_customers as (
    select * from {{ ref('record_customers') }}
),

owned_interactions as (
    select
        interaction_records.interaction_id,
        interaction_records.record_id,
        record_customers.customer_id,
        interaction_records.source,
        interaction_records.interaction_type,
        interaction_records.channel,
        interaction_records.occurred_at,
        interaction_records.product_id,
        interaction_records.campaign_id,
        interaction_records.is_machine
    from interaction_records
    left join record_customers on interaction_records.record_id = record_customers.record_id
)

select * from owned_interactions
