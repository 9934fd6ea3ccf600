-- One row per customer who ever bought: the features of churn as of as_of.
with

churn_examples as (
    select * from {{ ref('churn_examples') }}
    where purpose = 'now'
),

churn_features as (
    select
        customer_id,
        {{ churn_feature_columns() }}
    from churn_examples
)

select * from churn_features
