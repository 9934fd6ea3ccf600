-- One row per change of an identifier's customer; the last one of an identifier holds. Only changes are appended, and
-- the table outlives --full-refresh, because a customer_id that was handed out must stay what it is.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    on_schema_change='append_new_columns',
) }}

with

clusters as (
    select * from {{ ref('identity_clusters') }}
),

previous as (
    {{ previous_assignments() }}
),

observations as (
    select * from {{ ref('identifier_observations') }}
),

known as (
    select max(loaded_at) as loaded_until from observations
),

this_run as (
    select coalesce(max(run_number), 0) + 1 as run_number from previous
),

survivors as (
    {{ surviving_customers('clusters', 'previous') }}
),

customers as (
    {{ survivors_and_minted('clusters', ref('identifiers'), 'previous', 'survivors') }}
),

assigned as (
    select
        clusters.identifier_id,
        customers.*
    from clusters
    inner join customers on clusters.cluster_id = customers.cluster_id
),

changes as (
    select
        {{ link_key('coalesce(assigned.identifier_id, previous.identifier_id)', 'this_run.run_number') }}
            as assignment_id,
        coalesce(assigned.identifier_id, previous.identifier_id) as identifier_id,
        assigned.customer_id,
        previous.customer_id as previous_customer_id,
        case
            when assigned.customer_id is null then 'release'
            when previous.customer_id is not null then 'move'
            when assigned.minted_in_run = this_run.run_number then 'mint'
            else 'join'
        end as change_kind,
        {{ as_of() }} as assigned_as_of,
        known.loaded_until,
        this_run.run_number,
        assigned.founded_by,
        assigned.mint_number,
        assigned.minted_in_run,
        assigned.founded_at
    from assigned
    full outer join previous on assigned.identifier_id = previous.identifier_id
    cross join this_run
    cross join known
    where assigned.customer_id is distinct from previous.customer_id
)

select * from changes
