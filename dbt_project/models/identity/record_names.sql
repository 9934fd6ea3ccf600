-- One row per record and first name that stands in it by as_of.
with

attributes as (

    {{ union_attributes() | trim }}

),

names as (

    select distinct
        record_id,
        lower(value) as first_name
    from attributes
    where
        attribute = 'first_name'
        and (occurred_at is null or occurred_at < {{ as_of() }})

)

select * from names
