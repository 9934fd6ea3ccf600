-- One row per scored pair of identifiers of two customers who may be one person: nobody has decided about these two,
-- and no limit forbids it.
with

levels as (

    select * from {{ ref('matching_levels') }}

),

customer_identifiers as (

    select * from {{ ref('customer_identifiers') }}

),

decisions as (

    select * from {{ ref('identity_decisions') }}

),

refused_links as (

    select * from {{ ref('refused_links') }}
    where source = 'matching'

),

pairs as (

    select
        levels.*,
        own.customer_id,
        counterparts.customer_id as other_customer_id
    from levels
    inner join customer_identifiers as own on levels.identifier_id = own.identifier_id
    inner join customer_identifiers as counterparts on levels.other_identifier_id = counterparts.identifier_id
    where own.customer_id <> counterparts.customer_id

),

-- A decision is about the people, whichever of their identifiers it names.
decided as (

    select distinct
        least(own.customer_id, counterparts.customer_id) as customer_id,
        greatest(own.customer_id, counterparts.customer_id) as other_customer_id
    from decisions
    inner join customer_identifiers as own on decisions.identifier_id = own.identifier_id
    inner join customer_identifiers as counterparts on decisions.other_identifier_id = counterparts.identifier_id

),

undecided as (

    select pairs.*
    from pairs
    left join decided
        on
            least(pairs.customer_id, pairs.other_customer_id) = decided.customer_id
            and greatest(pairs.customer_id, pairs.other_customer_id) = decided.other_customer_id
    left join refused_links
        on
            pairs.identifier_id = refused_links.identifier_id
            and pairs.other_identifier_id = refused_links.anchor_identifier_id
    where decided.customer_id is null and refused_links.link_id is null

)

select * from undecided
