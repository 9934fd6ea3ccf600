-- One row per sync and customer whom it could write to if there were no experiment and no other new contact now.
with

contenders as (

    select * from {{ ref('audience_contenders') }}
    where not is_capped and not is_quiet

),

ranked as (

    select
        sync,
        customer_id,
        row_number() over (
            partition by person_id, contest
            order by turn
        ) as place
    from contenders

),

eligibles as (

    select
        sync,
        customer_id
    from ranked
    where place = 1

)

select * from eligibles
