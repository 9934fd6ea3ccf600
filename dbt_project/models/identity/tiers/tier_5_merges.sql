-- One row per cluster that a link of tier 5 touches, with the component that the links make.
{{ config(materialized='connected_components') }}

{{ tier_merges(ref('tier_5_links')) }}
