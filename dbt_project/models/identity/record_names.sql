-- One row per record and first name that stands in it by as_of, in the form in which names are compared.
with

attributes as (

    {{ union_attributes() | trim }}

),

folded as (

    select
        record_id,
        {{ folded_letters(normalise_name('value')) }} as first_name
    from attributes
    where
        attribute = 'first_name'
        and (occurred_at is null or occurred_at < {{ as_of() }})

),

untitled as (

    select
        record_id,
        {{ untitled_name('first_name') }} as first_name
    from folded

),

-- The first word: Hans-Peter is Hans elsewhere.
compared as (

    select
        record_id,
        {{ first_word(worth_comparing('first_name')) }} as first_name
    from untitled

),

names as (

    select distinct
        record_id,
        first_name
    from compared
    where first_name is not null

)

select * from names
