-- Records about to be held by a destination whose customer has not granted one of the sync's purposes, or has taken one
-- back, for its channel and its recipient or any. It reads the consents again, not what the audience made of them.
with

desired_records as (

    select * from {{ ref('desired_records') }}

),

syncs as (

    select * from {{ ref('syncs') }}

),

sync_purposes as (

    select * from {{ ref('sync_purposes') }}

),

consents as (

    select * from {{ ref('consents') }}

),

words as (

    select
        desired_records.sync,
        desired_records.customer_id,
        sync_purposes.purpose,
        count(case when consents.is_granted then 1 end) as times_granted,
        count(case when not consents.is_granted then 1 end) as times_withdrawn
    from desired_records
    left join syncs
        on desired_records.sync = syncs.sync
    left join sync_purposes
        on desired_records.sync = sync_purposes.sync
    left join consents
        on
            desired_records.customer_id = consents.customer_id
            and sync_purposes.purpose = consents.purpose
            and syncs.channel = consents.channel
            and (consents.recipient = 'any' or syncs.recipient = consents.recipient)
    group by desired_records.sync, desired_records.customer_id, sync_purposes.purpose

),

unpermitted as (

    select * from words
    where times_granted = 0 or times_withdrawn > 0

)

select * from unpermitted
