-- One row per link of tier 3 (telephones and whatever has no rule of its own), with the reason why it is refused, if it is.
{{ tier_links(3, ref('tier_2_clusters')) }}
