-- One row per identifier type that was seen, with its rules; a type without rules of its own has the default ones.
with

observations as (

    select * from {{ ref('identifier_observations') }}

),

rules as (

    select * from {{ ref('identifier_rules') }}

),

default_rule as (

    select * from rules
    where identifier_type = 'default'

),

seen as (

    select distinct identifier_type from observations

),

ruled as (

    select
        seen.identifier_type,
        coalesce(own.identifier_type, default_rule.identifier_type) as rule,
        coalesce(own.strength, default_rule.strength) as strength,
        coalesce(own.tier, default_rule.tier) as tier,
        coalesce(own.is_known, default_rule.is_known) as is_known
    from seen
    left join rules as own on seen.identifier_type = own.identifier_type
    cross join default_rule

)

select * from ruled
