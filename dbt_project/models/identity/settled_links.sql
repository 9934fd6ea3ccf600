-- One row per candidate link, with what became of it: the reason why it is refused, or none.
with

candidates as (

    select * from {{ ref('candidate_links') }}

),

types as (

    select * from {{ ref('identifier_types') }}

),

judged as (

    {{ judged_links() }}

),

settled as (

    select
        candidates.link_id,
        candidates.identifier_id,
        candidates.anchor_identifier_id,
        types.rule,
        candidates.tier,
        candidates.source,
        candidates.record_id,
        candidates.first_seen_at,
        candidates.last_seen_at,
        candidates.records,
        judged.reason
    from candidates
    inner join judged on candidates.link_id = judged.link_id
    inner join types on candidates.identifier_type = types.identifier_type

)

select * from settled
