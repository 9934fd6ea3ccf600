-- One row per customer who ever bought: how likely they are gone, by the model that won, and how that ranks.
with

customer_rhythm as (
    select * from {{ ref('customer_rhythm') }}
),

churn_scores as (
    select * from {{ ref('churn_scores') }}
),

-- before anything was fitted the silence itself is the best guess: it ranks, but it is no probability
judged as (
    select
        customer_rhythm.customer_id,
        coalesce(churn_scores.churn_risk, customer_rhythm.recency_gap_percentile) as churn_risk,
        coalesce(churn_scores.churn_model, 'gap_percentile') as churn_model
    from customer_rhythm
    left join churn_scores on customer_rhythm.customer_id = churn_scores.customer_id
),

ranked as (
    select
        customer_id,
        churn_risk,
        churn_model,
        percent_rank() over (
            order by churn_risk desc nulls last
        ) as risk_rank
    from judged
),

customer_churn_risk as (
    select
        customer_id,
        churn_risk,
        churn_model,
        case
            when churn_risk is not null then cast(1 + floor(9.999999 * risk_rank) as {{ dbt.type_int() }})
        end as churn_decile
    from ranked
)

select * from customer_churn_risk
