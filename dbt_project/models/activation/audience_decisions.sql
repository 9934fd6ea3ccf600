-- One row per sync and member of its segment: deliver, or the first gate at which the member was held back.
with

gates as (

    select * from {{ ref('audience_gates') }}

),

holdouts as (

    select * from {{ ref('sync_holdouts') }}

),

judged as (

    select
        gates.sync,
        gates.segment,
        gates.customer_id,
        gates.record_key,
        gates.permission_id,
        coalesce(gates.gate, case when holdouts.reason is not null then 8 end) as gate,
        coalesce(gates.reason, holdouts.reason) as reason,
        gates.detail
    from gates
    left join holdouts
        on gates.sync = holdouts.sync and gates.customer_id = holdouts.customer_id

),

-- A key or a permission stands only beside `deliver`: nobody who is held back can be sent by mistake.
decided as (

    select
        sync,
        segment,
        customer_id,
        case when reason is null then 'deliver' else 'withhold' end as decision,
        gate,
        reason,
        detail,
        case when reason is null then record_key end as record_key,
        case when reason is null then permission_id end as permission_id
    from judged

)

select * from decided
