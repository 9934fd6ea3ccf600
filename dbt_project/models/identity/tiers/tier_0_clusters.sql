-- One row per trusted identifier, with its cluster after tier 0.
{{ tier_clusters(0, ref('single_clusters'), ref('tier_0_links'), ref('tier_0_merges')) }}
