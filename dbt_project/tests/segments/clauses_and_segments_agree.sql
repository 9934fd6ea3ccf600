-- Members who do not fulfil the clauses by which the history explains them, and others who do and are no members.
with

fulfilled as (

    {{ union_fulfilled() | trim }}

),

segment_memberships as (

    select * from {{ ref('segment_memberships') }}

),

members as (

    select *
    from segment_memberships
    where segment in ({{ explained_segments() }})

),

disagreements as (

    select
        coalesce(fulfilled.segment, members.segment) as segment,
        coalesce(fulfilled.customer_id, members.customer_id) as customer_id
    from fulfilled
    full outer join members
        on fulfilled.segment = members.segment and fulfilled.customer_id = members.customer_id
    where fulfilled.customer_id is null or members.customer_id is null

)

select * from disagreements
