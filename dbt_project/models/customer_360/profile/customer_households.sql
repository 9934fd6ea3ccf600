-- One row per customer who shares a family name and a postal code with others: a household, as far as the data know.
with

profiles as (
    select * from {{ ref('customer_profiles') }}
),

housed as (
    select
        customer_id,
        country,
        upper(replace(postal_code, ' ', '')) as postal_code,
        {{ folded_letters('last_name') }} as folded_name
    from profiles
    where
        country is not null
        and postal_code is not null
        and last_name is not null
),

untitled as (
    select
        customer_id,
        country,
        postal_code,
        {{ untitled_name('folded_name') }} as untitled_name
    from housed
),

named as (
    select
        customer_id,
        country,
        postal_code,
        {{ worth_comparing('untitled_name') }} as family_name
    from untitled
),

counted as (
    select
        customer_id,
        min(customer_id) over (partition by country, postal_code, family_name) as eldest,
        count(*) over (partition by country, postal_code, family_name) as household_size
    from named
    where family_name is not null
),

-- more than a family: a postal code in which the name is common
customer_households as (
    select
        customer_id,
        'h_' || substr(eldest, 3) as household_id,
        household_size
    from counted
    where household_size between 2 and {{ var('largest_household') }}
)

select * from customer_households
