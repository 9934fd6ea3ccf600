-- One row per link of tier 4 (devices and cookies), with the reason why it is refused, if it is.
{{ tier_links(4, ref('tier_3_clusters')) }}
