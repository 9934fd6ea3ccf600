-- One row per customer who said in a survey what kind of person they are.
with

customer_answers as (
    select * from {{ ref('customer_answers') }}
    where trait is not null
),

-- two questions may ask for one trait: what was answered last counts
ranked as (
    select
        *,
        row_number() over (
            partition by customer_id, trait
            order by answered_at desc, question asc
        ) as answer_number
    from customer_answers
),

customer_psychographics as (
    select
        customer_id,
        max(case when trait = 'buying_motive' then answer end) as buying_motive,
        max(case when trait = 'style_preference' then answer end) as style_preference,
        max(case when trait = 'discovery_channel' then answer end) as discovery_channel,
        max(answered_at) as psychographics_answered_at
    from ranked
    where answer_number = 1
    group by customer_id
)

select * from customer_psychographics
