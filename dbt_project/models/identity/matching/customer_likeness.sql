-- One row per customer whom a likeness concerns: it holds them together, or says that they may be one with another.
with

held as (

    select * from {{ ref('customers_held_by_likeness') }}

),

strict_groups as (

    select * from {{ ref('strict_groups') }}

),

loose_groups as (

    select * from {{ ref('loose_groups') }}

),

customer_identifiers as (

    select * from {{ ref('customer_identifiers') }}

),

concerned as (

    select customer_id from held
    union
    select customer_id from strict_groups
    union
    select customer_id from loose_groups

),

aged as (

    select
        concerned.customer_id,
        min(customer_identifiers.first_seen_at) as first_seen_at
    from concerned
    inner join customer_identifiers on concerned.customer_id = customer_identifiers.customer_id
    group by concerned.customer_id

),

-- The oldest customer comes first wherever several count as one person.
described as (

    select
        aged.customer_id,
        held.held_by,
        strict_groups.group_id as strict_group,
        loose_groups.group_id as loose_group,
        row_number() over (
            order by aged.first_seen_at asc nulls last, aged.customer_id asc
        ) as seniority
    from aged
    left join held on aged.customer_id = held.customer_id
    left join strict_groups on aged.customer_id = strict_groups.customer_id
    left join loose_groups on aged.customer_id = loose_groups.customer_id

)

select * from described
