-- One row per email event that was read in full: what counts only to be safe is nothing that the person did.
with

events as (

    select * from {{ ref('stg_email__events') }}

),

read_in_full as (

    select *
    from events
    where not is_read_strictly

)

select * from read_in_full
