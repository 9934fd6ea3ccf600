-- One row per sync and customer whom a likeness concerns, with the person that the customer is to the sync.
with

syncs as (

    select * from {{ ref('syncs') }}

),

customer_likeness as (

    select * from {{ ref('customer_likeness') }}

),

-- A sync that is looser than the graph takes the groups for persons.
persons as (

    select
        syncs.sync,
        customer_likeness.customer_id,
        case
            when {{ looseness('syncs.matching') }} <= {{ looseness("'" ~ matching_level() ~ "'") }}
                then customer_likeness.customer_id
            when syncs.matching = 'loose' then coalesce(customer_likeness.loose_group, customer_likeness.customer_id)
            else coalesce(customer_likeness.strict_group, customer_likeness.customer_id)
        end as person_id,
        customer_likeness.seniority,
        coalesce(
            {{ looseness('customer_likeness.held_by') }} > {{ looseness('syncs.matching') }}, false
        ) as is_joined_by_likeness
    from syncs
    cross join customer_likeness

)

select * from persons
