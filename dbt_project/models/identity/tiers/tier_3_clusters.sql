-- One row per trusted identifier, with its cluster after tier 3.
{{ tier_clusters(3, ref('tier_2_clusters'), ref('tier_3_links'), ref('tier_3_merges')) }}
