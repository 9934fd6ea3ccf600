-- One row per customer and run that changed what is theirs, with whether they were one before it and are one after it.
with

assignments as (

    select * from {{ ref('identity_assignments') }}

),

history as (

    select * from {{ ref('identifier_history') }}

),

touched as (

    select
        run_number,
        assigned_as_of,
        customer_id
    from assignments
    where customer_id is not null
    union
    select
        run_number,
        assigned_as_of,
        previous_customer_id as customer_id
    from assignments
    where previous_customer_id is not null

),

spans as (

    select
        touched.run_number,
        touched.assigned_as_of,
        touched.customer_id,
        max(case when history.from_run < touched.run_number then 1 else 0 end) = 1 as was_one,
        max(case when history.to_run > touched.run_number or history.to_run is null then 1 else 0 end) = 1 as is_one
    from touched
    inner join history
        on
            touched.customer_id = history.customer_id
            and touched.run_number >= history.from_run
            and (touched.run_number <= history.to_run or history.to_run is null)
    group by touched.run_number, touched.assigned_as_of, touched.customer_id

)

select * from spans
