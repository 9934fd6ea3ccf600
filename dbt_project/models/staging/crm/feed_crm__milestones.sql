-- One row per contact of the CRM whose making is dated.
with

contacts as (

    select * from {{ ref('stg_crm__contacts') }}

),

milestones as (

    select
        record_id,
        source,
        'crm:' || crm_contact as milestone_id,
        'contact_made' as milestone_type,
        created_at as occurred_at,
        instance as detail
    from contacts
    where created_at is not null

)

select * from milestones
