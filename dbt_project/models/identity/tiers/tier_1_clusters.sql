-- One row per trusted identifier, with its cluster after tier 1.
{{ tier_clusters(1, ref('tier_0_clusters'), ref('tier_1_links'), ref('tier_1_merges')) }}
