-- One row per link of tier 2 (email addresses), with the reason why it is refused, if it is.
{{ tier_links(2, ref('tier_1_clusters')) }}
