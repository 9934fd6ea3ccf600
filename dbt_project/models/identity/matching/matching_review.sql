-- One row per pair of customers who are alike but not enough to be linked: a person decides, by a line in the seed
-- identity_overrides.
with

likely_customers as (

    select * from {{ ref('likely_customers') }}

),

identifiers as (

    select * from {{ ref('identifiers') }}

),

ranked as (

    select
        likely_customers.*,
        row_number() over (
            partition by
                least(likely_customers.customer_id, likely_customers.other_customer_id),
                greatest(likely_customers.customer_id, likely_customers.other_customer_id)
            order by
                likely_customers.score desc,
                likely_customers.identifier_id asc,
                likely_customers.other_identifier_id asc
        ) as place
    from likely_customers
    where not ({{ is_level_accepted('level') }})

),

queue as (

    select
        ranked.customer_id,
        ranked.other_customer_id,
        ranked.score,
        ranked.level,
        ranked.evidence,
        ranked.scored_as_of,
        identifiers.identifier_type,
        identifiers.identifier_value,
        counterparts.identifier_type as other_type,
        counterparts.identifier_value as other_value
    from ranked
    inner join identifiers on ranked.identifier_id = identifiers.identifier_id
    inner join identifiers as counterparts on ranked.other_identifier_id = counterparts.identifier_id
    where ranked.place = 1

)

select * from queue
