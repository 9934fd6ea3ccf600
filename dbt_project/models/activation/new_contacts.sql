-- One row per run, sync and key with which somebody was added to an audience, so long as it counts for a limit.
-- Only the first of a stay is a new contact: an update tells the destination more about somebody whom it holds.
with

receipts as (
    select * from {{ ref('receipts') }}
),

syncs as (
    select * from {{ ref('syncs') }}
),

contact_limits as (
    select * from {{ ref('contact_limits') }}
),

customer_heirs as (
    select * from {{ ref('customer_heirs') }}
),

-- What was delivered after as_of counts too: to build an older day again must not forget what was sent since.
recent as (
    select
        receipts.*,
        syncs.channel
    from receipts
    inner join syncs
        on receipts.sync = syncs.sync
    inner join contact_limits
        on syncs.channel = contact_limits.channel
    where
        receipts.operation = 'add'
        and receipts.delivered_at > {{ dbt.dateadd(
            'day', '-greatest(contact_limits.within_days, contact_limits.quiet_days)', as_of()
        ) }}
),

added as (
    select
        run_id,
        sync,
        record_key,
        channel,
        {{ latest('outcome customer_id delivered_at', "outcome <> 'rate_limited'") }} as last_answer
    from recent
    group by run_id, sync, record_key, channel
),

answered as (
    select
        added.run_id,
        added.sync,
        added.record_key,
        added.channel,
        added.last_answer.outcome,
        added.last_answer.customer_id,
        added.last_answer.delivered_at as contacted_at
    from added
),

-- A lost answer may mean that it arrived, and a job that runs will most likely do it.
arrived as (
    select
        answered.run_id,
        answered.sync,
        answered.record_key,
        answered.channel,
        coalesce(customer_heirs.current_customer_id, answered.customer_id) as customer_id,
        answered.contacted_at
    from answered
    left join customer_heirs
        on answered.customer_id = customer_heirs.customer_id
    where answered.outcome in ('accepted', 'pending', 'unknown')
)

select * from arrived
