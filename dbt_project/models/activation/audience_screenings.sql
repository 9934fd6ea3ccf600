-- One row per sync and member of its segment: the first gate that holds the member back, whoever else writes to them.
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
        person_id,
        case
            when record_key is null then 1
            when permission_id is null then 2
            when suppression is not null then 3
            when is_joined_by_likeness or place > 1 then 4
        end as gate,
        case
            when record_key is null then 'no usable key'
            when permission_id is null then 'no consent'
            when suppression = 'test' then 'test account'
            when suppression is not null then 'suppressed: ' || suppression
            when is_joined_by_likeness then 'joined by likeness only'
            when place > 1 then 'same person as another customer, by likeness'
        end as reason
    from ranked

)

select * from judged
