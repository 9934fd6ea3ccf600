-- One row per customer: the main time zone of their country, and of the default country where theirs is not known.
{{ config(materialized='by_customer') }}

with

customers as (
    select * from {{ ref('customer_identity') }}
    where {{ is_due() }}
),

profiles as (
    select * from {{ ref('customer_profiles') }}
    where {{ is_due() }}
),

country_time_zones as (
    select * from {{ ref('country_time_zones') }}
),

default_zone as (
    select time_zone from country_time_zones
    where country = '{{ var("default_country") }}'
),

customer_time_zones as (
    select
        customers.customer_id,
        coalesce(country_time_zones.time_zone, default_zone.time_zone, 'UTC') as time_zone,
        country_time_zones.time_zone is not null as is_time_zone_known
    from customers
    left join profiles on customers.customer_id = profiles.customer_id
    left join country_time_zones on profiles.country = country_time_zones.country
    left join default_zone on true
)

select * from customer_time_zones
