-- One row per customer that ever was, with the customer of now who goes on: whoever has most of the identifiers that
-- they last had. So a chain of merges is one step, and an unmerge gives each side its own past back.
with

identifier_history as (
    select * from {{ ref('identifier_history') }}
),

lasting as (
    select
        customer_id,
        identifier_id,
        to_run,
        rank() over (
            partition by customer_id
            order by to_run desc nulls first
        ) as place
    from identifier_history
),

last_owned as (
    select
        customer_id,
        identifier_id,
        to_run is null as is_current
    from lasting
    where place = 1
),

owners as (
    select
        identifier_id,
        customer_id
    from identifier_history
    where is_current
),

shares as (
    select
        last_owned.customer_id,
        owners.customer_id as current_customer_id,
        last_owned.customer_id = owners.customer_id as is_same,
        count(*) as identifiers
    from last_owned
    left join owners on last_owned.identifier_id = owners.identifier_id
    group by last_owned.customer_id, owners.customer_id
),

ranked as (
    select
        customer_id,
        current_customer_id,
        row_number() over (
            partition by customer_id
            order by is_same desc nulls last, identifiers desc, current_customer_id asc nulls last
        ) as place
    from shares
),

successors as (
    select
        customer_id,
        current_customer_id
    from ranked
    where place = 1
)

select * from successors
