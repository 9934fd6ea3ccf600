-- One row per link of tier 5 (likeness), with the reason why it is refused, if it is.
{{ tier_links(5, ref('tier_4_clusters')) }}
