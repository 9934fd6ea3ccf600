-- One row per move, with what it was: the end of a customer, the beginning of one, or neither.
with

spans as (

    select * from {{ ref('customer_spans') }}

),

moves as (

    select * from {{ ref('customer_moves') }}

),

ranked_moves as (

    select
        moves.*,
        not target.was_one as is_new,
        not origin.is_one as is_gone,
        row_number() over (
            partition by moves.run_number, moves.customer_id
            order by moves.identifiers desc, moves.previous_customer_id asc
        ) as place_of_origin,
        row_number() over (
            partition by moves.run_number, moves.previous_customer_id
            order by moves.identifiers desc, moves.customer_id asc
        ) as place_of_target
    from moves
    inner join spans as origin
        on moves.run_number = origin.run_number and moves.previous_customer_id = origin.customer_id
    inner join spans as target
        on moves.run_number = target.run_number and moves.customer_id = target.customer_id

),

kinds as (

    select
        move_id,
        run_number,
        assigned_as_of,
        previous_customer_id,
        customer_id,
        identifiers,
        case
            when is_gone and place_of_target = 1 then 'merge'
            when is_new and place_of_origin = 1 then 'split'
            else 'move'
        end as change_kind
    from ranked_moves

)

select * from kinds
