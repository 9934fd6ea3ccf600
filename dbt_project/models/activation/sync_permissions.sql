-- One row per sync and customer who consented to each of its purposes, for its channel and its recipient.
-- A view, so that whoever asks before a send reads the consents again.
{{ config(materialized='view') }}

with

sync_purposes as (

    select * from {{ ref('sync_purposes') }}

),

sync_answers as (

    select * from {{ ref('sync_answers') }}

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

)

select * from permitted
