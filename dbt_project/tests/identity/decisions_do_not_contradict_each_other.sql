-- Two identifiers that were decided to be different are not made one by other decisions. If they are, the decision that
-- they are different holds, and the others have no effect until a line goes.
with

decisions as (

    select * from {{ ref('identity_decisions') }}

),

refused as (

    select * from {{ ref('refused_links') }}

),

contradicted as (

    select
        decisions.identifier_id,
        decisions.other_identifier_id,
        decisions.reason as decided,
        refused.reason as refused_because
    from decisions
    inner join refused
        on
            decisions.identifier_id = refused.identifier_id
            and decisions.other_identifier_id = refused.anchor_identifier_id
    where decisions.kind = 'same' and refused.tier = 0

)

select * from contradicted
