-- One row per customer whose birth date is known: their age and the next birthday on or after the day of as_of.
{{ config(materialized='by_customer') }}

with

profiles as (
    select * from {{ ref('customer_profiles') }}
    where {{ is_due() }} and birth_date is not null
),

dated as (
    select
        customer_id,
        birth_date,
        cast({{ as_of() }} as date) as today,
        extract(year from {{ as_of() }}) - extract(year from birth_date) as years
    from profiles
),

-- years are added to the day of birth: 29 February falls on the 28th in a common year and returns in a leap year
anniversaries as (
    select
        customer_id,
        today,
        years,
        cast({{ dbt.dateadd('year', 'years', 'birth_date') }} as date) as this_year,
        cast({{ dbt.dateadd('year', 'years + 1', 'birth_date') }} as date) as next_year
    from dated
),

customer_birthdays as (
    select
        customer_id,
        cast(case when this_year > today then years - 1 else years end as {{ dbt.type_int() }}) as age,
        case when this_year < today then next_year else this_year end as next_birthday
    from anniversaries
)

select * from customer_birthdays
