-- One row per record, attribute and value, ranked by the attribute's rule: place 1 wins.
with

observations as (
    select * from {{ ref('attribute_observations') }}
),

attribute_rules as (
    select * from {{ ref('attribute_rules') }}
),

source_priorities as (
    select * from {{ ref('attribute_source_priorities') }}
),

judged as (
    select
        observations.customer_id,
        observations.attribute,
        observations.value,
        observations.source,
        observations.record_id,
        observations.observed_at,
        coalesce(attribute_rules.rule, 'most_recent') as rule,
        source_priorities.priority,
        count(*) over (
            partition by observations.customer_id, observations.attribute, observations.value
        ) as records
    from observations
    left join attribute_rules on observations.attribute = attribute_rules.attribute
    left join source_priorities
        on
            observations.attribute = source_priorities.attribute
            and observations.source = source_priorities.source
),

attribute_ranks as (
    select
        customer_id,
        attribute,
        value,
        source,
        record_id,
        observed_at,
        rule,
        row_number() over (
            partition by customer_id, attribute
            order by
                case when rule = 'source_priority' then priority end asc nulls last,
                case when rule = 'most_frequent' then records end desc nulls last,
                observed_at desc nulls last,
                record_id asc,
                value asc
        ) as place
    from judged
)

select * from attribute_ranks
