-- One row per campaign that was really sent to somebody. Who was held back as control got nothing: no interaction.
with

sends as (

    select * from {{ ref('stg_campaigns__sends') }}

),

treated as (

    select *
    from sends
    where arm = 'treatment'

)

select * from treated
