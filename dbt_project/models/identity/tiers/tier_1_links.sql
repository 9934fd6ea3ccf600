-- One row per link of tier 1 (accounts and cards), with the reason why it is refused, if it is.
{{ tier_links(1, ref('tier_0_clusters')) }}
