-- One row per record and attribute of which the record proves a value right or wrong, as the seed attribute_evidence
-- reads it.
{{ config(materialized='view') }}

with

interactions as (
    select * from {{ ref('interaction_records') }}
    where not is_machine
),

consents as (
    {{ union_feed('consent_events') }}
),

attribute_evidence as (
    select * from {{ ref('attribute_evidence') }}
),

attribute_events as (
    select
        interactions.record_id,
        attribute_evidence.attribute,
        attribute_evidence.says,
        attribute_evidence.words,
        interactions.occurred_at
    from interactions
    inner join attribute_evidence on interactions.interaction_type = attribute_evidence.event
    union all
    select
        consents.record_id,
        attribute_evidence.attribute,
        attribute_evidence.says,
        attribute_evidence.words,
        consents.occurred_at
    from consents
    inner join attribute_evidence
        on 'consent:' || consents.channel || ':' || consents.proof like attribute_evidence.event
    where
        consents.decision = 'granted'
        and consents.occurred_at < {{ as_of() }}
)

select * from attribute_events
