-- One row per link of tier 0 (reviewed decisions), with the reason why it is refused, if it is.
{{ tier_links(0, ref('single_clusters')) }}
