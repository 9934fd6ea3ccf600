-- One row per sync, purpose and customer whom it asks: the consent that decides, of those for its channel and itself.
{{ config(materialized='view') }}

with

syncs as (

    select * from {{ ref('syncs') }}

),

sync_purposes as (

    select * from {{ ref('sync_purposes') }}

),

sync_members as (

    select * from {{ ref('sync_members') }}

),

consents as (

    select * from {{ ref('consents') }}

),

-- A withdrawal outweighs a grant; the answer about this very recipient outweighs the one about any.
ranked as (

    select
        sync_purposes.sync,
        sync_purposes.purpose,
        consents.customer_id,
        consents.consent_id,
        consents.is_granted,
        row_number() over (
            partition by sync_purposes.sync, sync_purposes.purpose, consents.customer_id
            order by
                case when consents.is_granted then 1 else 0 end,
                case when consents.recipient = 'any' then 1 else 0 end
        ) as weight
    from syncs
    inner join sync_purposes
        on syncs.sync = sync_purposes.sync
    inner join sync_members
        on syncs.sync = sync_members.sync
    inner join consents
        on
            sync_members.customer_id = consents.customer_id
            and sync_purposes.purpose = consents.purpose
            and syncs.channel = consents.channel
            and consents.recipient in (syncs.recipient, 'any')

),

answers as (

    select
        sync,
        purpose,
        customer_id,
        consent_id,
        is_granted
    from ranked
    where weight = 1

)

select * from answers
