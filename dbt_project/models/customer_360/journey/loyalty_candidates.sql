-- One row per customer who ever bought often and showed attachment: of nobody else the rhythm of buying is asked.
{{ config(materialized='by_customer') }}

with

journey_windows as (
    select * from {{ ref('journey_windows') }}
    where {{ is_due() }}
),

journey_attachments as (
    select * from {{ ref('journey_attachments') }}
    where {{ is_due() }}
),

attached as (
    select customer_id from journey_attachments
    union distinct
    select customer_id from journey_windows
    where condition = 'referred'
),

loyalty_candidates as (
    select distinct journey_windows.customer_id
    from journey_windows
    inner join attached on journey_windows.customer_id = attached.customer_id
    where journey_windows.condition = 'bought_often'
)

select * from loyalty_candidates
