-- One row per channel: how often somebody may be written to anew, by the var `contact_limits`.
with

settings as (

    {{ contact_limits() | trim }}

)

select * from settings
