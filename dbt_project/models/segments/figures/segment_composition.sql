-- One row per segment, trait and value of it: how many members have it, beside how many of all customers.
with

customers as (
    select * from {{ ref('customers') }}
),

segment_memberships as (
    select * from {{ ref('segment_memberships') }}
),

-- What few values have is counted per combination first: a customer is read once for all four traits.
combinations as (
    select
        segment_memberships.segment,
        customers.loyalty_tier,
        customers.preferred_channel,
        customers.discovery_channel,
        customers.country,
        count(*) as customers
    from customers
    inner join segment_memberships on customers.customer_id = segment_memberships.customer_id
    group by
        segment_memberships.segment,
        customers.loyalty_tier,
        customers.preferred_channel,
        customers.discovery_channel,
        customers.country
    union all
    select
        'all customers' as segment,
        loyalty_tier,
        preferred_channel,
        discovery_channel,
        country,
        count(*) as customers
    from customers
    group by loyalty_tier, preferred_channel, discovery_channel, country
),

values_of_traits as (
    {{ unpivoted_counts('combinations', ['loyalty_tier', 'preferred_channel', 'discovery_channel', 'country']) }}
),

counted as (
    select
        segment,
        trait,
        value,
        sum(customers) as customers
    from values_of_traits
    group by segment, trait, value
),

composition as (
    select
        segment,
        trait,
        value,
        cast(customers as {{ dbt.type_bigint() }}) as customers,
        cast(customers as double) / sum(customers) over (partition by segment, trait) as share_of_segment
    from counted
)

select * from composition
