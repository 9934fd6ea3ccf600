-- One row per shop account whose making is dated.
with

accounts as (

    select * from {{ ref('stg_shop__customers') }}

),

milestones as (

    select
        record_id,
        source,
        'shop:' || user_id as milestone_id,
        'account_made' as milestone_type,
        created_at as occurred_at,
        cast(null as varchar) as detail
    from accounts
    where created_at is not null

)

select * from milestones
