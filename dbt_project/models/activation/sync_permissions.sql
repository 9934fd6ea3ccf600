-- One row per sync and customer whom it asks who consented to each of its purposes, for its channel and its recipient.
-- A view, so that whoever asks before a send reads the consents again.
{{ config(materialized='view') }}

with

sync_purposes as (

    select * from {{ ref('sync_purposes') }}

),

sync_answers as (

    select * from {{ ref('sync_answers') }}

),

sync_companions as (

    select * from {{ ref('sync_companions') }}

),

required as (

    select
        sync,
        count(*) as purposes
    from sync_purposes
    group by sync

),

granted as (

    select
        sync,
        customer_id,
        count(*) as purposes,
        {{ dbt.listagg('consent_id', "'+'", 'order by purpose') }} as permission_id
    from sync_answers
    where is_granted
    group by sync, customer_id

),

-- Where a sync holds several customers for one person, a no of one of them is a no of all.
refused as (

    select distinct
        sync_companions.sync,
        sync_companions.companion_id as customer_id
    from sync_answers
    inner join sync_companions
        on sync_answers.sync = sync_companions.sync and sync_answers.customer_id = sync_companions.customer_id
    where not sync_answers.is_granted

),

permitted as (

    select
        granted.sync,
        granted.customer_id,
        granted.permission_id
    from granted
    inner join required
        on
            granted.sync = required.sync
            and granted.purposes = required.purposes
    left join refused
        on
            granted.sync = refused.sync
            and granted.customer_id = refused.customer_id
    where refused.customer_id is null

)

select * from permitted
