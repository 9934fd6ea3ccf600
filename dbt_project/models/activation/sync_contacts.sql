-- One row per sync and customer who was contacted anew by its channel of late, by any sync: how often, and when last.
with

syncs as (

    select * from {{ ref('syncs') }}

),

contact_limits as (

    select * from {{ ref('contact_limits') }}

),

new_contacts as (

    select * from {{ ref('new_contacts') }}

),

sync_companions as (

    select * from {{ ref('sync_companions') }}

),

counted as (

    select
        new_contacts.customer_id,
        new_contacts.channel,
        count(
            case
                when
                    new_contacts.contacted_at
                    > {{ dbt.dateadd('day', '-contact_limits.within_days', as_of()) }} then 1
            end
        ) as contacts,
        max(new_contacts.contacted_at) as last_contacted_at
    from new_contacts
    inner join contact_limits
        on new_contacts.channel = contact_limits.channel
    where new_contacts.customer_id is not null
    group by new_contacts.customer_id, new_contacts.channel

),

own as (

    select
        syncs.sync,
        counted.customer_id,
        counted.contacts,
        counted.last_contacted_at
    from syncs
    inner join counted
        on syncs.channel = counted.channel

),

everybody as (

    {{ with_companions('own', ['contacts', 'last_contacted_at']) }}

),

contacts as (

    select
        sync,
        customer_id,
        cast(sum(contacts) as {{ dbt.type_bigint() }}) as contacts,
        max(last_contacted_at) as last_contacted_at
    from everybody
    group by sync, customer_id

)

select * from contacts
