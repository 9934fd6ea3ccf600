-- One row per cluster that a link of tier 4 touches, with the component that the links make.
{{ config(materialized='connected_components') }}

{{ tier_merges(ref('tier_4_links')) }}
