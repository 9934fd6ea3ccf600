-- One row per customer, kind (category or brand) and value that they showed interest in: how much more than others do.
with

customer_interests as (
    select * from {{ ref('customer_interests') }}
),

interest_shares as (
    select * from {{ ref('interest_shares') }}
    where population_share > 0
),

totals as (
    select
        customer_id,
        kind,
        sum(interest) as interest
    from customer_interests
    group by customer_id, kind
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
            / (totals.interest + {{ var('affinity_prior') }}) as decimal(18, 9)
        ) as customer_share
    from customer_interests
    inner join totals
        on customer_interests.customer_id = totals.customer_id and customer_interests.kind = totals.kind
    inner join interest_shares
        on customer_interests.kind = interest_shares.kind and customer_interests.value = interest_shares.value
),

compared as (
    select
        *,
        cast(customer_share / population_share as decimal(18, 6)) as affinity
    from smoothed
),

customer_affinities as (
    select
        customer_id,
        kind,
        value,
        interest,
        customer_share,
        population_share,
        affinity,
        cast(percent_rank() over (
            partition by kind, value
            order by affinity
        ) as decimal(9, 6)) as affinity_percentile
    from compared
)

select * from customer_affinities
