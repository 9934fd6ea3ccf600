-- One row per answer that counts for NPS or CSAT and dimension: where it belongs there. Our own staff's are left out.
with

scored_answers as (
    select * from {{ ref('scored_answers') }}
    where points is not null
),

customers as (
    select * from {{ ref('customer_identity') }}
),

profiles as (
    select * from {{ ref('customer_profiles') }}
),

tickets as (
    select * from {{ ref('tickets') }}
),

described as (
    select
        scored_answers.record_id,
        scored_answers.metric,
        scored_answers.points,
        coalesce(profiles.country, 'unknown') as country,
        coalesce(tickets.channel, scored_answers.source) as channel,
        coalesce(profiles.loyalty_tier, 'none') as tier,
        substr(cast(cast(scored_answers.answered_at as date) as {{ dbt.type_string() }}), 1, 7) as answer_month
    from scored_answers
    left join customers on scored_answers.customer_id = customers.customer_id
    left join profiles on scored_answers.customer_id = profiles.customer_id
    left join tickets on scored_answers.record_id = tickets.record_id
    where not coalesce(customers.is_test, false)
),

answer_contexts as (
    select
        record_id,
        metric,
        points,
        'overall' as dimension,
        'all' as dimension_value
    from described
    union all
    select
        record_id,
        metric,
        points,
        'country' as dimension,
        country as dimension_value
    from described
    union all
    select
        record_id,
        metric,
        points,
        'channel' as dimension,
        channel as dimension_value
    from described
    union all
    select
        record_id,
        metric,
        points,
        'tier' as dimension,
        tier as dimension_value
    from described
    union all
    select
        record_id,
        metric,
        points,
        'month' as dimension,
        answer_month as dimension_value
    from described
)

select * from answer_contexts
