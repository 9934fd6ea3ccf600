-- One row per scored pair whose two identifiers may still link, with how alike they are: strict, loose or review.
with

scores as (

    select * from {{ ref('matching_scores') }}

),

record_identifiers as (

    select * from {{ ref('trusted_record_identifiers') }}

),

trusted as (

    select distinct identifier_id from record_identifiers

),

-- Scores of a later day say nothing about this one, and those of an earlier one were replaced.
last_match as (

    select max(scored_as_of) as scored_as_of
    from scores
    where scored_as_of <= {{ as_of() }}

),

standing as (

    select scores.*
    from scores
    inner join last_match on scores.scored_as_of = last_match.scored_as_of
    inner join trusted on scores.identifier_id = trusted.identifier_id
    inner join trusted as counterparts on scores.other_identifier_id = counterparts.identifier_id

),

levels as (

    select
        identifier_id,
        other_identifier_id,
        score,
        case
            when score < {{ matching_threshold('review') }} then 'none'
            when is_contradicted or score < {{ matching_threshold('loose') }} then 'review'
            when score < {{ matching_threshold('strict') }} then 'loose'
            else 'strict'
        end as level,
        evidence,
        scored_as_of
    from standing

),

chosen as (

    select * from levels
    where level <> 'none'

)

select * from chosen
