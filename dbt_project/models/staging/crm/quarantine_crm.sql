-- One row per raw row of either CRM instance that could not be read.
with

contacts as (

    select * from {{ ref('base_crm__contacts') }}

),

north as (

    select * from contacts
    where instance = 'north'

),

south as (

    select * from contacts
    where instance = 'south'

),

unreadable as (

    {{ unreadable_rows('north', 'crm', 'crm_north_contacts', 'contact_id') }}
    union all
    {{ unreadable_rows('south', 'crm', 'crm_south_contacts', 'contact_id') }}

)

select * from unreadable
