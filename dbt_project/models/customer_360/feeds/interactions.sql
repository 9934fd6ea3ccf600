-- One row per thing that somebody did, or that was done to reach them, before as_of, with the customer of now.
{{ config(materialized='by_customer') }}

with

interaction_records as (
    select * from {{ ref('interaction_records') }}
),

record_customers as (
    select * from {{ ref('record_customers') }}
),

-- the condition stands beside the join, where an engine can begin with the records of those who are due
interactions as (
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
    where {{ is_due_or_nobodys('record_customers.customer_id') }}
)

select * from interactions
