-- One row per customer, kind (category or brand) and value that they showed interest in: how much more than others do.
-- A view: everybody's shares move all of its rows with each event.
{{ config(materialized='view') }}

with

customer_interests as (
    select * from {{ ref('customer_interests') }}
),

interest_shares as (
    select * from {{ ref('interest_shares') }}
    where population_share > 0
),

-- the population's shares weigh as much as so many points, so that one look decides nothing
smoothed as (
    select
        customer_interests.customer_id,
        customer_interests.kind,
        customer_interests.value,
        customer_interests.interest,
        interest_shares.population_share,
        cast(
            (customer_interests.interest + {{ var('affinity_prior') }} * interest_shares.population_share)
            / (customer_interests.kind_interest + {{ var('affinity_prior') }}) as decimal(18, 9)
        ) as customer_share
    from customer_interests
    inner join interest_shares
        on customer_interests.kind = interest_shares.kind and customer_interests.value = interest_shares.value
),

smoothed_affinities as (
    select
        *,
        cast(customer_share / population_share as decimal(18, 6)) as affinity
    from smoothed
)

select * from smoothed_affinities
