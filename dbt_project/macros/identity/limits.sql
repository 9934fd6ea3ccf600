{#- What must stay apart, for sets of clusters: asked of the clusters that one identifier touches, and of those that a tier
    would make one. -#}

{#- What limits are about, for the clusters of a CTE with the column cluster_id. Identifiers that a reviewed decision calls
    the same count as one value. -#}
{% macro cluster_facts(tier, touched, key, clusters) -%}
members as (

    select
        clusters.cluster_id,
        clusters.identifier_id,
        decided.cluster_id as value_id,
        identifiers.identifier_type,
        identifiers.first_seen_at
    from {{ clusters }} as clusters
    inner join (select distinct cluster_id from {{ touched }}) as wanted on clusters.cluster_id = wanted.cluster_id
    inner join {{ ref('identifiers') }} as identifiers on clusters.identifier_id = identifiers.identifier_id
    inner join {{ ref('tier_0_clusters') if tier > 0 else clusters }} as decided
        on clusters.identifier_id = decided.identifier_id

),

limits as (

    select * from {{ ref('identifier_type_limits') }}
    where direction = 'per_customer'

),

counted as (

    select
        members.cluster_id,
        members.identifier_type,
        types.is_known,
        count(distinct members.value_id) as identifiers
    from members
    inner join {{ ref('identifier_types') }} as types on members.identifier_type = types.identifier_type
    group by members.cluster_id, members.identifier_type, types.is_known

),

{{ kindred.crowded_values(touched, key) }},

named as (

    select distinct
        members.cluster_id,
        names.first_name
    from members
    inner join {{ ref('anchor_names') }} as names on members.identifier_id = names.identifier_id

),

separated as (

    select
        near.cluster_id,
        far.cluster_id as other_cluster_id,
        decisions.reason
    from {{ ref('identity_decisions') }} as decisions
    inner join members as near on decisions.identifier_id = near.identifier_id
    inner join members as far on decisions.other_identifier_id = far.identifier_id
    where decisions.kind = 'different'

)
{%- endmacro %}


{#- Which sets breach what: each breach with the rule's name and a sentence. Decisions hold in every tier; limits in all
    but the first, which is decisions; different first names speak against what is no account and no email; and
    what is no proof of who somebody is joins no two known customers. -#}
{% macro cluster_breaches(touched, key, tier) -%}
    {{ kindred.separated_breaches(touched, key) }}
    {%- if tier >= 1 %}
    union all
    {{ kindred.limit_breaches(key) }}
    {%- endif %}
    {%- if tier in [3, 4] %}
    union all
    {{ kindred.name_breaches(touched, key) }}
    {%- endif %}
    {%- if tier == 4 %}
    union all
    {{ kindred.known_customer_breaches(touched, key) }}
    {%- endif %}
{%- endmacro %}


{#- The breach of each set that is told, as one is enough: a decision before a limit, and a limit before names. -#}
{% macro first_breaches(key) -%}
    select
        {{ key }},
        refused_by,
        reason
    from (
        select
            breaches.*,
            row_number() over (
                partition by {{ key }}
                order by
                    case refused_by when 'decision' then 1 when 'max_per_customer' then 2 else 3 end,
                    refused_by desc,
                    reason
            ) as place
        from breaches
    ) as told
    where place = 1
{%- endmacro %}


{% macro separated_breaches(touched, key) -%}
    select
        near.{{ key }},
        'decision' as refused_by,
        'it was decided that they are different people: ' || separated.reason as reason
    from separated
    inner join {{ touched }} as near on separated.cluster_id = near.cluster_id
    inner join {{ touched }} as far
        on separated.other_cluster_id = far.cluster_id and near.{{ key }} = far.{{ key }}
{%- endmacro %}


{#- The values of each set that has more of a type than a limit says, in the order in which they were first seen. -#}
{% macro crowded_values(touched, key) -%}
crowded as (

    select
        touched.{{ key }},
        counted.identifier_type,
        limits.max_values,
        limits.window_days,
        limits.window_words,
        sum(counted.identifiers) as identifiers
    from {{ touched }} as touched
    inner join counted on touched.cluster_id = counted.cluster_id
    inner join limits on counted.identifier_type = limits.identifier_type
    group by
        touched.{{ key }}, counted.identifier_type, limits.max_values, limits.window_days, limits.window_words
    having sum(counted.identifiers) > limits.max_values

),

crowded_values as (

    select
        crowded.{{ key }},
        crowded.identifier_type,
        crowded.max_values,
        crowded.window_days,
        crowded.window_words,
        crowded.identifiers,
        members.value_id,
        min(members.first_seen_at) as first_seen_at
    from crowded
    inner join {{ touched }} as touched on crowded.{{ key }} = touched.{{ key }}
    inner join members
        on touched.cluster_id = members.cluster_id and crowded.identifier_type = members.identifier_type
    group by
        crowded.{{ key }}, crowded.identifier_type, crowded.max_values, crowded.window_days, crowded.window_words,
        crowded.identifiers, members.value_id

),

placed as (

    select
        crowded_values.*,
        row_number() over (
            partition by {{ key }}, identifier_type, max_values, window_words
            order by first_seen_at nulls first, value_id
        ) as place
    from crowded_values

)
{%- endmacro %}


{% macro limit_breaches(key) -%}
    select
        {{ key }},
        'max_per_customer' as refused_by,
        'it would give one customer ' || cast(max(identifiers) as {{ dbt.type_string() }}) || ' '
        || identifier_type || ' values; at most ' || cast(max_values as {{ dbt.type_string() }})
        || ' are allowed' || window_words as reason
    from ({{ kindred.values_too_many('placed', [key, 'identifier_type']) }}) as too_many
    group by {{ key }}, identifier_type, max_values, window_words
{%- endmacro %}


{#- The values that are one too many, of those placed in the order in which they were first seen: a value and the max-th
    before it lie within the window; without a window it is enough that there is a max-th before it. -#}
{% macro values_too_many(placed, keys) -%}
    select late.*
    from {{ placed }} as early
    inner join {{ placed }} as late
        on
            late.place = early.place + late.max_values
            {%- for key in keys + ['max_values', 'window_words'] %}
            and early.{{ key }} = late.{{ key }}
            {%- endfor %}
    where {{ kindred.seen_within('early.first_seen_at', 'late.first_seen_at', 'late.window_days') }}
{%- endmacro %}


{#- Whether two moments lie within a window of days; without a window they do, and so does a moment that nobody knows. -#}
{% macro seen_within(early, late, days) -%}
    (
        {{ days }} is null
        or {{ early }} is null
        or {{ late }} is null
        or {{ late }} < {{ dbt.dateadd('day', days, early) }}
    )
{%- endmacro %}


{#- People whose first names have nothing in common: no name stands in all the clusters that have one. -#}
{% macro name_breaches(touched, key) -%}
    select
        most.{{ key }},
        'first_names' as refused_by,
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
{%- endmacro %}


{% macro known_customer_breaches(touched, key) -%}
    select
        {{ key }},
        'known_customers' as refused_by,
        'it is no proof of who somebody is, and would join two known customers' as reason
    from {{ touched }} as touched
    inner join (select distinct cluster_id from counted where is_known) as known on touched.cluster_id = known.cluster_id
    group by {{ key }}
    having count(*) > 1
{%- endmacro %}
