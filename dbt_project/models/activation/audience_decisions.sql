-- One row per sync and member of its segment: deliver, or the first gate at which the member was held back.
with

candidates as (

    select * from {{ ref('audience_candidates') }}

),

judged as (

    select
        sync,
        segment,
        customer_id,
        record_key,
        permission_id,
        case
            when record_key is null then 'no usable key'
            when permission_id is null then 'no consent'
            when suppression = 'test' then 'test account'
            when suppression is not null then 'suppressed: ' || suppression
            when is_held_out then 'holdout'
        end as reason
    from candidates

),

-- A key or a permission stands only beside `deliver`: nobody who is held back can be sent by mistake.
decided as (

    select
        sync,
        segment,
        customer_id,
        case when reason is null then 'deliver' else 'withhold' end as decision,
        reason,
        case when reason is null then record_key end as record_key,
        case when reason is null then permission_id end as permission_id
    from judged

)

select * from decided
