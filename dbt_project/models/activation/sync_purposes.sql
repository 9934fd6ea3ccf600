-- One row per sync and purpose that each person in it must have consented to.
with

purposes as (

    {{ sync_purposes() | trim }}

)

select * from purposes
