{#- The statements of `components_solve.sql`: only joins, groups and unions, so that they run on any engine. -#}

{% macro select_edges(edges_sql, ends) -%}
    {%- set type = dbt.type_bigint() if ends.are_integers else none -%}
    select
        {{ kindred.edge_end(ends.names[0], type) }} as src,
        {{ kindred.edge_end(ends.names[1], type) }} as dst
    from ({{ edges_sql }}) as edges
{%- endmacro %}


{% macro edge_end(column, type) -%}
    {{ 'cast(' ~ adapter.quote(column) ~ ' as ' ~ type ~ ')' if type else adapter.quote(column) }}
{%- endmacro %}


{#- Whatever an edge's direction: edges that are kept must be comparable. -#}
{% macro select_directed_edges(edges) -%}
    select
        least(src, dst) as src,
        greatest(src, dst) as dst
    from {{ edges }}
{%- endmacro %}


{% macro select_numbered_nodes(edges) -%}
    select
        node,
        row_number() over (order by node) as number
    from (select src as node from {{ edges }} union select dst from {{ edges }}) as nodes
{%- endmacro %}


{% macro select_numbered_edges(edges, names) -%}
    select
        sources.number as src,
        targets.number as dst
    from {{ edges }} as edges
    inner join {{ names }} as sources on edges.src = sources.node
    inner join {{ names }} as targets on edges.dst = targets.node
{%- endmacro %}


{#- An xor with a number drawn for the round puts the ids in a new order: of two, each is as likely to be the lesser.
    Each edge is looked at from its greater end only, so that a node that is less than all its neighbours has no row.
    That a node takes what its least neighbour takes is one more join over the nodes; it saves a third of the rounds,
    each of which joins the edges twice. -#}
{% macro select_taken(edges, round) -%}
    {%- set mask = local_md5('round ' ~ round)[:15] | int(base=16) -%}
    {%- set ends = kindred.bitwise_xor('src', mask) ~ ', ' ~ kindred.bitwise_xor('dst', mask) -%}
    with ordered_edges as (

        select
            greatest({{ ends }}) as greater_end,
            least({{ ends }}) as lesser_end
        from {{ edges }}

    ),

    takers as (

        select
            {{ kindred.bitwise_xor('greater_end', mask) }} as node,
            {{ kindred.bitwise_xor('min(lesser_end)', mask) }} as taken
        from ordered_edges
        group by greater_end

    )

    select
        takers.node,
        coalesce(next_takers.taken, takers.taken) as taken
    from takers
    left join takers as next_takers on takers.taken = next_takers.node
{%- endmacro %}


{#- Doubled edges do no harm, but later rounds carry them along. To find them is the dearest part of a round where
    they are few: so it is done in the second, when the graph is smaller, and when the graph has become dense. -#}
{% macro select_contracted_edges(edges, map, round) -%}
    select {{ 'distinct' if round == 2 or round >= 5 }}
        least(src, dst) as src,
        greatest(src, dst) as dst
    from (
        select
            coalesce(sources.taken, edges.src) as src,
            coalesce(targets.taken, edges.dst) as dst
        from {{ edges }} as edges
        left join {{ map }} as sources on edges.src = sources.node
        left join {{ map }} as targets on edges.dst = targets.node
    ) as contracted
    where src <> dst
{%- endmacro %}


{#- Each node that took part in this round or a later one, with the node that it ended at: those who took somebody,
    those who did so only later, and those who were taken and left alone. -#}
{% macro select_composed(map, later) -%}
    select
        earlier.node,
        {{ 'coalesce(later.taken, earlier.taken)' if later else 'earlier.taken' }} as taken
    from {{ map }} as earlier
    {% if later -%}
    left join {{ later }} as later on earlier.taken = later.node
    union all
    select
        later.node,
        later.taken
    from {{ later }} as later
    left join {{ map }} as earlier on later.node = earlier.node
    where earlier.node is null
    {% endif -%}
    union all
    select distinct
        earlier.taken as node,
        earlier.taken
    from {{ map }} as earlier
    left join {{ map }} as own on earlier.taken = own.node
    {%- if later %}
    left join {{ later }} as later on earlier.taken = later.node
    {%- endif %}
    where own.node is null
        {%- if later %} and later.node is null {%- endif %}
{%- endmacro %}


{#- Each node with the least node of its component. -#}
{% macro select_components(work, columns) -%}
    {%- set node, component = ('nodes.node', 'components.node') if work.names else ('ends.node', 'least_nodes.node') %}
    select
        {{ node }} as {{ columns[0] }},
        {{ component }} as {{ columns[1] }}
    from {{ work.composed }} as ends
    inner join (
        select
            taken,
            min(node) as node
        from {{ work.composed }}
        group by taken
    ) as least_nodes on ends.taken = least_nodes.taken
    {%- if work.names %}
    inner join {{ work.names }} as nodes on ends.node = nodes.number
    inner join {{ work.names }} as components on least_nodes.node = components.number
    {%- endif %}
{%- endmacro %}


{% macro bitwise_xor(left, right) %}{{ return(adapter.dispatch('bitwise_xor', 'kindred')(left, right)) }}{% endmacro %}

{% macro default__bitwise_xor(left, right) -%}
    ({{ left }} ^ {{ right }})
{%- endmacro %}

{% macro duckdb__bitwise_xor(left, right) -%}
    xor({{ left }}, {{ right }})
{%- endmacro %}

{% macro postgres__bitwise_xor(left, right) -%}
    ({{ left }} # {{ right }})
{%- endmacro %}
