-- One row per trusted identifier, with its cluster after tier 5.
{{ tier_clusters(5, ref('tier_4_clusters'), ref('tier_5_links'), ref('tier_5_merges')) }}
