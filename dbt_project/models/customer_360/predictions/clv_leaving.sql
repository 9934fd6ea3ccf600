-- One row per number of repeat days and value: how likely a living customer is to leave after a purchase, and its
-- weight. Given x repeat days and that they are alive, the probability of leaving p is Beta(a, b + x). Means over p are
-- taken by the trapezoidal rule over u, the log-odds of p, from the likeliest value outwards in steps that grow (sinh):
-- every term is positive, so nothing cancels however many days there are, unlike in the hypergeometric function.
with

histories as (
    select distinct repeat_days
    from {{ ref('purchase_histories') }}
    where purpose = 'now'
),

clv_parameters as (
    select * from {{ ref('clv_parameters') }}
    where r is not null
),

steps as (
    {{ dbt.generate_series(121) }}
),

ends as (
    select
        histories.repeat_days,
        clv_parameters.a,
        clv_parameters.b + histories.repeat_days as stays,
        ln(clv_parameters.a / (clv_parameters.b + histories.repeat_days)) as likeliest,
        {{ arc_sinh('25 / clv_parameters.a') }} as left_width,
        {{ arc_sinh('10 + 25 / (clv_parameters.b + histories.repeat_days)') }} as right_width
    from histories
    cross join clv_parameters
),

placed as (
    select
        ends.repeat_days,
        steps.generated_number as value_number,
        ends.a,
        ends.stays,
        ends.likeliest,
        -ends.left_width + (ends.left_width + ends.right_width) * (steps.generated_number - 1) / 120.0 as step
    from ends
    cross join steps
),

stretched as (
    select
        *,
        likeliest + (exp(step) - exp(-step)) / 2 as u
    from placed
),

weighed as (
    select
        *,
        exp(
            a * (u - likeliest) - (a + stays) * ({{ log_1_plus_exp('u') }} - {{ log_1_plus_exp('likeliest') }})
        ) * (exp(step) + exp(-step)) / 2 as raw_weight
    from stretched
),

clv_leaving as (
    select
        repeat_days,
        value_number,
        greatest(1 / (1 + exp(-greatest(u, -30))), 0.000000000001) as leaves,
        raw_weight / sum(raw_weight) over (partition by repeat_days) as weight
    from weighed
)

select * from clv_leaving
