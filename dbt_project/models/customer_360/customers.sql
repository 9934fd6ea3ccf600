-- One row per customer: everything known about them as of as_of.
-- Each model that says `traits: true` in its YAML has one row per customer at most and is joined; the contract is
-- generated from the same YAML, so a column without a description or a PII class does not build.
-- Traits that move with everybody, such as ranks, are compared in each run, and written where they differ.
{{ config(materialized='by_customer', has_moving_traits=true) }}

with

joined as (
    {{ join_traits() }}
),

customers as (
    select
        *,
        {{ as_of() }} as as_of
    from joined
)

select * from customers
