-- One row per move of the last run that a link explains: one that holds now and led out of what the customer was or,
-- where a customer was split, one that is refused now.
with

moves as (

    select * from {{ ref('customer_moves') }}

),

owners as (

    select * from {{ ref('owners_of_last_run') }}

),

links as (

    select * from {{ ref('link_sides') }}

),

crossing as (

    select
        moves.move_id,
        moves.run_number,
        links.*,
        row_number() over (
            partition by moves.move_id
            order by
                links.reason asc nulls first,
                coalesce(far.before_customer_id = moves.customer_id, false) desc,
                links.tier asc,
                links.first_seen_at asc nulls last,
                links.link_id asc
        ) as place
    from moves
    inner join owners as near
        on
            moves.run_number = near.run_number
            and moves.previous_customer_id = near.before_customer_id
            and moves.customer_id = near.after_customer_id
    inner join links on near.identifier_id = links.identifier_id
    inner join owners as far on links.other_identifier_id = far.identifier_id
    where
        case
            when links.reason is null then far.before_customer_id is distinct from moves.previous_customer_id
            else
                far.before_customer_id = moves.previous_customer_id
                and far.after_customer_id is distinct from moves.customer_id
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
