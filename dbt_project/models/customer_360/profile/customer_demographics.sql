-- One row per customer with a golden record: what it says about who they are, beside what is a column of its own there.
{{ config(materialized='by_customer') }}

with

profiles as (
    select * from {{ ref('customer_profiles') }}
    where {{ is_due() }}
),

birthdays as (
    select * from {{ ref('customer_birthdays') }}
    where {{ is_due() }}
),

age_bands as (
    select * from {{ ref('age_bands') }}
),

country_regions as (
    select * from {{ ref('country_regions') }}
),

starts as (
    select
        birthdays.customer_id,
        max(age_bands.from_age) as from_age
    from birthdays
    inner join age_bands on birthdays.age >= age_bands.from_age
    group by birthdays.customer_id
),

customer_demographics as (
    select
        profiles.customer_id,
        age_bands.age_band,
        country_regions.region,
        profiles.country || '-' || upper(substr(profiles.postal_code, 1, 2)) as postal_area
    from profiles
    left join starts on profiles.customer_id = starts.customer_id
    left join age_bands on starts.from_age = age_bands.from_age
    left join country_regions on profiles.country = country_regions.country
)

select * from customer_demographics
