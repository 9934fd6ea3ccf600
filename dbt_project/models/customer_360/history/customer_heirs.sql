-- One row per customer id that was ever given and is carried on today, with by whom, and how old the id is.
with

identifier_history as (

    select * from {{ ref('identifier_history') }}

),

identity_assignments as (

    select * from {{ ref('identity_assignments') }}

),

ends as (

    select
        customer_id,
        max(case when is_current then 1 else 0 end) = 1 as is_one,
        max(to_run) as ended_in
    from identifier_history
    group by customer_id

),

ages as (

    select
        customer_id,
        min(minted_in_run) as minted_in_run,
        min(founded_at) as founded_at
    from identity_assignments
    where customer_id is not null
    group by customer_id

),

-- Who has today what a customer who is no more held to the last. It follows a chain of merges in one step.
heirs as (

    select
        ends.customer_id,
        owners.customer_id as current_customer_id,
        row_number() over (
            partition by ends.customer_id
            order by
                count(*) desc, min(ages.minted_in_run) asc, min(ages.founded_at) asc nulls last, owners.customer_id asc
        ) as place
    from ends
    inner join identifier_history as held
        on ends.customer_id = held.customer_id and ends.ended_in = held.to_run
    inner join identifier_history as owners
        on held.identifier_id = owners.identifier_id and owners.is_current
    inner join ages on owners.customer_id = ages.customer_id
    where not ends.is_one
    group by ends.customer_id, owners.customer_id

),

carried as (

    select
        ends.customer_id,
        coalesce(heirs.current_customer_id, ends.customer_id) as current_customer_id,
        ages.minted_in_run,
        ages.founded_at
    from ends
    inner join ages on ends.customer_id = ages.customer_id
    left join heirs on ends.customer_id = heirs.customer_id and heirs.place = 1
    where ends.is_one or heirs.customer_id is not null

)

select * from carried
