-- One row per link of tier 3 (telephones, and types without rules), with the reason why it is refused, if it is.
{{ tier_links(3, ref('tier_2_clusters')) }}
