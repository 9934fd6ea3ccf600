-- One row per customer who ever bought: the probability that they do not buy in the horizon, by the model in force.
-- A term is its weight times what the feature has above its knot, counted up to its upper end.
with

fits_in_force as (
    select * from {{ ref('fits_in_force') }}
    where subject = 'churn' and status = 'ok'
),

terms as (
    select * from {{ ref('prediction_parameters') }}
    where is_used
),

churn_values as (
    select * from {{ ref('churn_values') }}
),

intercepts as (
    select
        terms.candidate,
        terms.value
    from fits_in_force
    inner join terms on fits_in_force.fit_id = terms.fit_id
    where terms.term = 'intercept'
),

weights as (
    select
        terms.term,
        terms.knot,
        terms.upper,
        terms.value
    from fits_in_force
    inner join terms on fits_in_force.fit_id = terms.fit_id
    where terms.term <> 'intercept'
),

summed as (
    select
        churn_values.customer_id,
        sum(
            weights.value * (least(greatest(churn_values.value, weights.knot), weights.upper) - weights.knot)
        ) as log_odds
    from churn_values
    inner join weights on churn_values.feature = weights.term
    group by churn_values.customer_id
),

churn_scores as (
    select
        summed.customer_id,
        intercepts.candidate as churn_model,
        cast(1 / (1 + exp(-(intercepts.value + summed.log_odds))) as decimal(9, 6)) as churn_risk
    from summed
    cross join intercepts
)

select * from churn_scores
