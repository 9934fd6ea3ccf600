-- One row per customer who ever bought and feature of churn: its value as of as_of.
{{ config(materialized='view') }}

with

churn_features as (
    select * from {{ ref('churn_features') }}
),

churn_values as (
    {{ unpivot_churn_features('churn_features') }}
)

select * from churn_values
