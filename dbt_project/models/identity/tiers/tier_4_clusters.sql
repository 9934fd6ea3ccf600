-- One row per trusted identifier, with its cluster after tier 4.
{{ tier_clusters(4, ref('tier_3_clusters'), ref('tier_4_links'), ref('tier_4_merges')) }}
