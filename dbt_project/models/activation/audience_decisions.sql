-- One row per sync and member of its segment: deliver, or the first gate at which the member was held back.
with

candidates as (

    select * from {{ ref('audience_candidates') }}

),

-- Of several customers who are one person to the sync, the oldest who can be reached stands for all.
ranked as (

    select
        candidates.*,
        row_number() over (
            partition by
                candidates.sync,
                candidates.person_id,
                candidates.record_key is not null
                and candidates.permission_id is not null
                and candidates.suppression is null
            order by candidates.seniority asc, candidates.customer_id asc
        ) as place
    from candidates

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
            when is_joined_by_likeness then 'joined by likeness only'
            when place > 1 then 'same person as another customer, by likeness'
            when is_held_out then 'holdout'
        end as reason
    from ranked

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
