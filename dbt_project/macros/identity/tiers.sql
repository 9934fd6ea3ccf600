{#-
    Links are settled tier by tier, from the strongest: what a tier has joined is never undone by a weaker one, and a
    link of a weaker tier that would join what must stay apart is refused. A tier is three models:

        tier_n_links       each link of the tier, with the reason why it is refused, if it is
        tier_n_merges      the clusters that the others join: connected_components
        tier_n_clusters    each identifier with its cluster after the tier

    Tier 0 is what people decided, tiers 1 to 4 are what records say, tier 5 is likeness. What must stay apart stands in
    limits.sql.
-#}

{#- The links of a tier. In records an identifier is judged as a whole: one that would tie together customers who must
    stay apart links none of them, as a phone of two accounts says nothing about which of the two a third record means. A
    decision or a likeness is about two identifiers and is judged by itself. -#}
{% macro tier_links(tier, clusters) -%}
{%- set in_records = tier in [1, 2, 3, 4] -%}
{%- set judged_id = 'identifier_id' if in_records else 'link_id' -%}
with

links as (

    select
        candidates.*,
        candidates.{{ judged_id }} as judged_id,
        own.cluster_id as own_cluster_id,
        anchors.cluster_id as anchor_cluster_id,
        anchors.is_contested as is_anchor_contested
    from {{ ref('candidate_links') }} as candidates
    inner join {{ clusters }} as own on candidates.identifier_id = own.identifier_id
    inner join {{ clusters }} as anchors on candidates.anchor_identifier_id = anchors.identifier_id
    where candidates.tier = {{ tier }}

),

touched as (

    select
        judged_id,
        anchor_cluster_id as cluster_id
    from links
    where not is_anchor_contested
    union
    select
        judged_id,
        own_cluster_id as cluster_id
    from links

),

{{ cluster_facts(tier, 'touched', 'judged_id', clusters) }},

breaches as (

    {{ cluster_breaches('touched', 'judged_id', tier) }}

),

contested as (

    {{ first_breaches('judged_id') }}

),

contested_identifiers as (

    select judged_id as identifier_id from contested
    where {{ 'true' if in_records else 'false' }}

),

judged as (

    select
        links.link_id,
        links.identifier_id,
        links.anchor_identifier_id,
        links.own_cluster_id,
        links.anchor_cluster_id,
        contested_identifiers.identifier_id is not null as is_contested,
        case
            when contested.judged_id is not null then contested.refused_by
            when links.is_anchor_contested or contested_anchors.identifier_id is not null then 'contested'
        end as refused_by,
        case
            when contested.judged_id is not null then contested.reason
            when links.is_anchor_contested or contested_anchors.identifier_id is not null
                then 'its anchor belongs to several customers'
        end as reason
    from links
    left join contested on links.judged_id = contested.judged_id
    left join contested_identifiers on links.identifier_id = contested_identifiers.identifier_id
    left join contested_identifiers as contested_anchors
        on links.anchor_identifier_id = contested_anchors.identifier_id

)

select * from judged
{%- endmacro %}


{#- The clusters that the tier's links join. -#}
{% macro tier_merges(links) -%}
with

links as (

    select * from {{ links }}
    where reason is null

),

edges as (

    select
        own_cluster_id,
        anchor_cluster_id
    from links

)

select * from edges
{%- endmacro %}


{#- The clusters after a tier. Links that are harmless one by one can breach a limit together: then none of them holds. -#}
{% macro tier_clusters(tier, clusters, links, merges) -%}
with

clusters as (

    select * from {{ clusters }}

),

components as (

    select * from {{ merges }}

),

contested as (

    select distinct identifier_id from {{ links }}
    where is_contested

),

{{ cluster_facts(tier, 'components', 'merged_cluster_id', clusters) }},

breaches as (

    {{ cluster_breaches('components', 'merged_cluster_id', tier) }}

),

breaching as (

    select distinct merged_cluster_id from breaches

),

settled as (

    select
        clusters.identifier_id,
        case
            when components.merged_cluster_id is null or breaching.merged_cluster_id is not null then clusters.cluster_id
            else components.merged_cluster_id
        end as cluster_id,
        (clusters.is_contested or contested.identifier_id is not null) as is_contested
    from clusters
    left join components on clusters.cluster_id = components.cluster_id
    left join breaching on components.merged_cluster_id = breaching.merged_cluster_id
    left join contested on clusters.identifier_id = contested.identifier_id

)

select * from settled
{%- endmacro %}


{#- Every link with its reason: its own, or that of the whole component when its two ends did not end up together. -#}
{% macro judged_links() -%}
    {%- set tiers = [
        (ref('tier_0_links'), ref('tier_0_clusters')),
        (ref('tier_1_links'), ref('tier_1_clusters')),
        (ref('tier_2_links'), ref('tier_2_clusters')),
        (ref('tier_3_links'), ref('tier_3_clusters')),
        (ref('tier_4_links'), ref('tier_4_clusters')),
        (ref('tier_5_links'), ref('tier_5_clusters')),
    ] -%}
    {%- for links, clusters in tiers -%}
    select
        links.link_id,
        case
            when links.reason is not null then links.refused_by
            when near.cluster_id <> far.cluster_id then 'together'
        end as refused_by,
        case
            when links.reason is not null then links.reason
            when near.cluster_id <> far.cluster_id then 'together with other links it would breach a limit'
        end as reason
    from {{ links }} as links
    inner join {{ clusters }} as near on links.identifier_id = near.identifier_id
    inner join {{ clusters }} as far on links.anchor_identifier_id = far.identifier_id
    {{- '\n    union all\n    ' if not loop.last }}
    {%- endfor -%}
{% endmacro %}
