-- Customers who would get more new contacts by a channel than its limit, the last of them by a promotion. It counts the
-- receipts itself, so that it does not believe what the audiences were told.
with

desired_records as (

    select * from {{ ref('desired_records') }}

),

receipts as (

    select * from {{ ref('receipts') }}

),

delivered_records as (

    select * from {{ ref('delivered_records') }}

),

syncs as (

    select * from {{ ref('syncs') }}

),

contact_limits as (

    select * from {{ ref('contact_limits') }}

),

had as (

    select
        syncs.channel,
        receipts.customer_id,
        count(*) as contacts
    from receipts
    inner join syncs
        on receipts.sync = syncs.sync
    inner join contact_limits
        on syncs.channel = contact_limits.channel
    where
        receipts.operation = 'add'
        and receipts.outcome = 'accepted'
        and receipts.delivered_at > {{ dbt.dateadd('day', '-contact_limits.within_days', as_of()) }}
    group by syncs.channel, receipts.customer_id

),

awaited as (

    select
        syncs.channel,
        desired_records.customer_id,
        count(*) as contacts,
        count(case when syncs.is_promotional then 1 end) as promotions
    from desired_records
    inner join syncs
        on desired_records.sync = syncs.sync
    left join delivered_records
        on desired_records.sync = delivered_records.sync and desired_records.customer_id = delivered_records.customer_id
    where delivered_records.customer_id is null
    group by syncs.channel, desired_records.customer_id

),

summed as (

    select
        awaited.channel,
        awaited.customer_id,
        coalesce(had.contacts, 0) + awaited.contacts as contacts,
        contact_limits.contacts as most_contacts
    from awaited
    inner join contact_limits
        on awaited.channel = contact_limits.channel
    left join had
        on awaited.channel = had.channel and awaited.customer_id = had.customer_id
    where awaited.promotions > 0

)

select * from summed
where contacts > most_contacts
