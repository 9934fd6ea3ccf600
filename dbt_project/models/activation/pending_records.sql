-- One row per sync, destination and key about which the destination has still to be told something.
-- While a job runs the next word waits for its end, what was rejected is not offered again until it has changed, and
-- what lacks a field that is needed leaves the destination as it is.
-- Nobody needs a permission to be taken out. A removal waits for no job but its own, and is asked for until confirmed.
{{ config(materialized='view') }}

with

compared_records as (

    select * from {{ ref('compared_records') }}

),

pending as (

    select
        sync,
        destination,
        case
            when not is_desired then 'remove'
            when is_held and not is_lost then 'update'
            else 'add'
        end as operation,
        record_key,
        customer_id,
        permission_id,
        payload,
        payload_hash,
        case
            when is_lost then 'unknown'
            when not is_desired then coalesce(removed_outcome, written_outcome)
            -- The lost answer was made up for by a later one that was confirmed.
            when written_outcome = 'unknown' then 'accepted'
            else written_outcome
        end as previous_outcome,
        external_id
    from compared_records
    where
        not is_being_removed
        and case
            when is_desired
                then
                    not (is_held and not is_lost and is_held_as_desired)
                    and not is_being_written
                    and not is_rejected
                    and not is_incomplete
            else is_held or is_lost or is_being_written
        end

)

select * from pending
