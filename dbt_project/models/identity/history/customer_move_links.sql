-- One row per move of a run, with the link that caused it: one that holds now and led out of what the customer was or,
-- where a customer was split, one that is refused now. Appended while the run's links are at hand.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    on_schema_change='append_new_columns',
) }}

with

moves as (

    select * from {{ ref('customer_moves') }}

),

owners as (

    select * from {{ ref('owners_of_last_run') }}

),

links as (

    select * from {{ ref('settled_links') }}

),

logged as (

    {{ rows_of_earlier_builds({'move_id': 'integer'}) | trim }}

),

new_moves as (

    select moves.*
    from moves
    left join logged on moves.move_id = logged.move_id
    where logged.move_id is null

),

both_ways as (

    select
        identifier_id,
        anchor_identifier_id as other_identifier_id,
        link_id
    from links
    union all
    select
        anchor_identifier_id as identifier_id,
        identifier_id as other_identifier_id,
        link_id
    from links

),

crossing as (

    select
        new_moves.move_id,
        new_moves.run_number,
        links.link_id,
        both_ways.identifier_id,
        both_ways.other_identifier_id,
        links.rule,
        links.source,
        links.record_id,
        links.first_seen_at,
        links.reason,
        row_number() over (
            partition by new_moves.move_id
            order by
                links.reason asc nulls first,
                coalesce(far.before_customer_id = new_moves.customer_id, false) desc,
                links.tier asc,
                links.first_seen_at asc nulls last,
                links.link_id asc
        ) as place
    from new_moves
    inner join owners as near
        on
            new_moves.run_number = near.run_number
            and new_moves.previous_customer_id = near.before_customer_id
            and new_moves.customer_id = near.after_customer_id
    inner join both_ways on near.identifier_id = both_ways.identifier_id
    inner join links on both_ways.link_id = links.link_id
    inner join owners as far on both_ways.other_identifier_id = far.identifier_id
    where
        case
            when links.reason is null then far.before_customer_id is distinct from new_moves.previous_customer_id
            else
                far.before_customer_id = new_moves.previous_customer_id
                and far.after_customer_id is distinct from new_moves.customer_id
        end

),

causes as (

    select
        move_id,
        run_number,
        link_id,
        identifier_id,
        other_identifier_id,
        rule,
        source,
        record_id,
        first_seen_at,
        reason
    from crossing
    where place = 1

)

select * from causes
