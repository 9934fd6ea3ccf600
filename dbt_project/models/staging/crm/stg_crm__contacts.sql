-- One row per contact of either CRM instance. They number their contacts alike, so only both together are a key.
with

contacts as (

    select * from {{ ref('base_crm__contacts') }}

),

renamed as (

    select
        'crm_' || instance || '_contacts:' || contact_id as record_id,
        'crm' as source,
        instance || ':' || contact_id as crm_contact,
        instance,
        contact_id,
        email,
        phone,
        first_name,
        last_name,
        birth_date,
        gender,
        country,
        city,
        postal_code,
        lifecycle_stage,
        created_at,
        coalesce(updated_at, created_at) as occurred_at,
        loaded_at
    from contacts
    where problem is null and copy = 1

)

select * from renamed
