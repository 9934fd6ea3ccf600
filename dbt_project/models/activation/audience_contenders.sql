-- One row per sync and member whom nothing about themselves holds back: what decides who may write to them, and when.
with

screenings as (
    select * from {{ ref('audience_screenings') }}
    where reason is null
),

syncs as (
    select * from {{ ref('syncs') }}
),

contact_limits as (
    select * from {{ ref('contact_limits') }}
),

sync_contacts as (
    select * from {{ ref('sync_contacts') }}
),

sync_holdings as (
    select * from {{ ref('sync_holdings') }}
),

customers as (
    select * from {{ ref('customers') }}
),

-- What must be sent goes before what promotes; a sync that competes with nobody is a contest of its own.
turns as (
    select
        syncs.sync,
        syncs.channel,
        syncs.is_promotional,
        coalesce(syncs.competes, syncs.sync) as contest,
        row_number() over (
            order by syncs.is_promotional asc, syncs.priority asc, syncs.sync asc
        ) as turn
    from syncs
),

joined as (
    select
        turns.sync,
        screenings.customer_id,
        screenings.person_id,
        turns.channel,
        turns.contest,
        turns.turn,
        holdings.customer_id is null as is_new,
        holdings.customer_id is null and turns.is_promotional and limits.channel is not null as is_limited,
        limits.contacts as most_contacts,
        limits.within_days,
        limits.quiet_days,
        coalesce(contacts.contacts, 0) as contacts,
        {{ dbt.dateadd('day', 'limits.quiet_days', 'contacts.last_contacted_at') }} as contact_quiet_until,
        {{ dbt.dateadd('day', 'limits.quiet_days_after_order', 'customers.last_ordered_at') }} as order_quiet_until
    from screenings
    inner join turns on screenings.sync = turns.sync
    inner join customers on screenings.customer_id = customers.customer_id
    left join contact_limits as limits on turns.channel = limits.channel
    left join sync_contacts as contacts
        on screenings.sync = contacts.sync and screenings.customer_id = contacts.customer_id
    left join sync_holdings as holdings
        on screenings.sync = holdings.sync and screenings.customer_id = holdings.customer_id
),

contenders as (
    select
        *,
        is_limited and contacts >= most_contacts as is_capped,
        is_limited and (
            coalesce(contact_quiet_until > {{ as_of() }}, false) or coalesce(order_quiet_until > {{ as_of() }}, false)
        ) as is_quiet
    from joined
)

select * from contenders
