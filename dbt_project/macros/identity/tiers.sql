{#-
    Links are settled tier by tier, from the strongest: what a tier has joined is never undone by a weaker one, and a
    link of a weaker tier that would join what must stay apart is refused. A tier is three models:

        tier_n_links       each link of the tier, with the reason why it is refused, if it is
        tier_n_merges      the clusters that the others join: connected_components
        tier_n_clusters    each identifier with its cluster after the tier
-#}

{#- The links of a tier. An identifier that would tie together customers who must stay apart links none of them: a
    phone of two accounts says nothing about which of the two a third record means. -#}
{% macro tier_links(tier, clusters) -%}
with

links as (

    select
        candidates.*,
        clusters.cluster_id as anchor_cluster_id,
        clusters.is_contested as is_anchor_contested
    from {{ ref('candidate_links') }} as candidates
    inner join {{ clusters }} as clusters on candidates.anchor_identifier_id = clusters.identifier_id
    where candidates.tier = {{ tier }}

),

touched as (

    select distinct
        identifier_id,
        anchor_cluster_id as cluster_id
    from links
    where not is_anchor_contested

),

joining as (

    select identifier_id
    from touched
    group by identifier_id
    having count(*) > 1

),

joined as (

    select touched.*
    from touched
    inner join joining on touched.identifier_id = joining.identifier_id

),

{{ cluster_facts('joined', clusters) }},

breaches as (

    {{ cluster_breaches('joined', 'identifier_id', tier) }}

),

contested as (

    select
        identifier_id,
        min(reason) as reason
    from breaches
    group by identifier_id

),

judged as (

    select
        links.link_id,
        links.identifier_id,
        links.anchor_identifier_id,
        links.anchor_cluster_id,
        contested.identifier_id is not null as is_contested,
        case
            when contested.identifier_id is not null then contested.reason
            when links.is_anchor_contested or contested_anchors.identifier_id is not null
                then 'its anchor belongs to several customers'
        end as reason
    from links
    left join contested on links.identifier_id = contested.identifier_id
    left join contested as contested_anchors on links.anchor_identifier_id = contested_anchors.identifier_id

)

select * from judged
{%- endmacro %}


{#- The clusters that the tier's links join. -#}
{% macro tier_merges(links, clusters) -%}
with

links as (

    select * from {{ links }}
    where reason is null

),

clusters as (

    select * from {{ clusters }}

),

edges as (

    select
        clusters.cluster_id,
        links.anchor_cluster_id
    from links
    inner join clusters on links.identifier_id = clusters.identifier_id

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

{{ cluster_facts('components', clusters) }},

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


{#- What limits are about, for the clusters of a CTE with the column cluster_id. -#}
{% macro cluster_facts(touched, clusters) -%}
members as (

    select
        clusters.cluster_id,
        clusters.identifier_id,
        identifiers.identifier_type
    from {{ clusters }} as clusters
    inner join (select distinct cluster_id from {{ touched }}) as wanted on clusters.cluster_id = wanted.cluster_id
    inner join {{ ref('identifiers') }} as identifiers on clusters.identifier_id = identifiers.identifier_id

),

counted as (

    select
        members.cluster_id,
        members.identifier_type,
        types.is_known,
        types.max_per_customer,
        count(*) as identifiers
    from members
    inner join {{ ref('identifier_types') }} as types on members.identifier_type = types.identifier_type
    group by members.cluster_id, members.identifier_type, types.is_known, types.max_per_customer

),

named as (

    select distinct
        members.cluster_id,
        names.first_name
    from members
    inner join {{ ref('anchor_names') }} as names on members.identifier_id = names.identifier_id

)
{%- endmacro %}


{#- What must not be joined: more of a type than a customer has; in the tiers below the first two, people whose first
    names have nothing in common; in the last tier, two customers who are each known by something stronger. -#}
{% macro cluster_breaches(touched, key, tier) -%}
    select
        touched.{{ key }},
        'it would give one customer ' || cast(sum(counted.identifiers) as {{ dbt.type_string() }}) || ' '
        || counted.identifier_type || ' values; at most '
        || cast(max(counted.max_per_customer) as {{ dbt.type_string() }}) || ' are allowed' as reason
    from {{ touched }} as touched
    inner join counted on touched.cluster_id = counted.cluster_id
    group by touched.{{ key }}, counted.identifier_type
    having sum(counted.identifiers) > max(counted.max_per_customer)
    {%- if tier >= 3 %}
    union all
    select
        most.{{ key }},
        'it would join people with different first names' as reason
    from (
        select
            touched.{{ key }},
            named.first_name,
            count(*) as clusters
        from {{ touched }} as touched
        inner join named on touched.cluster_id = named.cluster_id
        group by touched.{{ key }}, named.first_name
    ) as most
    inner join (
        select
            touched.{{ key }},
            count(distinct touched.cluster_id) as clusters
        from {{ touched }} as touched
        inner join named on touched.cluster_id = named.cluster_id
        group by touched.{{ key }}
    ) as all_named on most.{{ key }} = all_named.{{ key }}
    group by most.{{ key }}
    having max(most.clusters) < max(all_named.clusters)
    {%- endif %}
    {%- if tier >= 4 %}
    union all
    select
        {{ key }},
        'it is no proof of who somebody is, and would join two known customers' as reason
    from {{ touched }} as touched
    inner join (select distinct cluster_id from counted where is_known) as known on touched.cluster_id = known.cluster_id
    group by {{ key }}
    having count(*) > 1
    {%- endif %}
{%- endmacro %}


{#- Every link with its reason: its own, or that of the whole component when its two ends did not end up together. -#}
{% macro judged_links() -%}
    {%- set tiers = [
        (ref('tier_1_links'), ref('tier_1_clusters')),
        (ref('tier_2_links'), ref('tier_2_clusters')),
        (ref('tier_3_links'), ref('tier_3_clusters')),
        (ref('tier_4_links'), ref('tier_4_clusters')),
    ] -%}
    {%- for links, clusters in tiers -%}
    select
        links.link_id,
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
