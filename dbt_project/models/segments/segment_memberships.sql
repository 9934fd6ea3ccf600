-- One row per segment and customer in it as of as_of.
with

segment_memberships as (
    {{ union_segments() }}
)

select * from segment_memberships
