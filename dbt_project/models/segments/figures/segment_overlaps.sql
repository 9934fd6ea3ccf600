-- One row per two segments, each order of them, that have a customer in common, and per segment with itself.
with

segment_memberships as (

    select * from {{ ref('segment_memberships') }}

),

pairs as (

    select
        own.segment,
        other.segment as other_segment,
        count(*) as customers
    from segment_memberships as own
    inner join segment_memberships as other
        on own.customer_id = other.customer_id
    group by own.segment, other.segment

),

sizes as (

    select
        segment,
        customers as members
    from pairs
    where segment = other_segment

),

shared as (

    select
        pairs.segment,
        pairs.other_segment,
        pairs.customers,
        cast(pairs.customers as double) / own.members as share_of_segment,
        cast(pairs.customers as double) / (own.members + other.members - pairs.customers) as share_of_either
    from pairs
    inner join sizes as own on pairs.segment = own.segment
    inner join sizes as other on pairs.other_segment = other.segment

)

select * from shared
