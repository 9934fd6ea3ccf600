-- One row per candidate link, with what became of it: the reason why it is refused, or none. A link that was put
-- forward with a blocked identifier does not come so far.
with

candidates as (

    select * from {{ ref('candidate_links') }}

),

judged as (

    {{ judged_links() }}

),

settled as (

    select
        candidates.*,
        judged.refused_by,
        judged.reason
    from candidates
    inner join judged on candidates.link_id = judged.link_id

)

select * from settled
