-- One row per thing that somebody did, or that was done to reach them, before as_of.
{{ config(materialized='by_customer') }}

with

interactions as (
    select * from {{ ref('owned_interactions') }}
    where {{ is_due_or_nobodys() }}
)

select * from interactions
