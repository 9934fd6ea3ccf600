-- One row per customer, attribute and value, ranked by the attribute's rule: place 1 wins.
{{ config(materialized='by_customer') }}

with

observations as (
    select * from {{ ref('attribute_observations') }}
    where {{ is_due() }}
),

attribute_rules as (
    select * from {{ ref('attribute_rules') }}
),

source_priorities as (
    select * from {{ ref('attribute_source_priorities') }}
),

proofs as (
    select * from {{ ref('value_proofs') }}
    where {{ is_due() }}
),

-- among the records that say the same, the one to name: of the best source where the rule asks for it, else the last
judged as (
    select
        observations.*,
        coalesce(attribute_rules.rule, 'most_recent') as rule,
        source_priorities.priority,
        count(*) over (
            partition by observations.customer_id, observations.attribute, observations.value
        ) as records,
        row_number() over (
            partition by observations.customer_id, observations.attribute, observations.value
            order by
                case when attribute_rules.rule = 'source_priority' then source_priorities.priority end asc nulls last,
                observations.observed_at desc,
                observations.record_id asc
        ) as choice
    from observations
    left join attribute_rules on observations.attribute = attribute_rules.attribute
    left join source_priorities
        on
            observations.attribute = source_priorities.attribute
            and observations.source = source_priorities.source
),

attribute_values as (
    select
        judged.customer_id,
        judged.attribute,
        judged.value,
        judged.source,
        judged.record_id,
        judged.observed_at,
        judged.records,
        judged.rule,
        case when proofs.is_confirmed then proofs.confirmed_at end as confirmed_at,
        case when proofs.is_confirmed then proofs.confirmed_by end as confirmed_by,
        row_number() over (
            partition by judged.customer_id, judged.attribute
            order by
                case when judged.rule = 'source_priority' then judged.priority end asc nulls last,
                case when judged.rule = 'most_frequent' then judged.records end desc nulls last,
                case when judged.rule = 'verified' and proofs.is_confirmed then 0 else 1 end asc,
                greatest(judged.observed_at, coalesce(proofs.alive_at, judged.observed_at)) desc,
                judged.record_id asc,
                judged.value asc
        ) as place
    from judged
    left join proofs
        on
            judged.customer_id = proofs.customer_id
            and judged.attribute = proofs.attribute
            and judged.value = proofs.value
    where judged.choice = 1
)

select * from attribute_values
