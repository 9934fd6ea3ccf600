-- The questionnaire bears no date: it counts as answered before the first basket.
with

source as (

    select * from {{ source('completejourney', 'demographics') }}

),

renamed as (

    select
        'completejourney_demographics:' || household_id as record_id,
        'completejourney' as source,
        cast('2017-01-01' as timestamp) as occurred_at,
        cast('2017-01-01' as timestamp) as loaded_at,
        household_id,
        age as age_band,
        income as income_band,
        household_comp as household_composition
    from source

)

select * from renamed
