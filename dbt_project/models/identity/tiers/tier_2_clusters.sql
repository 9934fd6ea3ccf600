-- One row per trusted identifier, with its cluster after tier 2.
{{ tier_clusters(2, ref('tier_1_clusters'), ref('tier_2_links'), ref('tier_2_merges')) }}
