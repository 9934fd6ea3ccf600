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


{#- Each edge once, whatever its direction: edges that are kept must be comparable. -#}
{% macro select_tidy_edges(edges) -%}
    select distinct
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


{#- An xor with a number drawn for the round puts the ids in a new order: of two, each is as likely to be the lesser. -#}
{% macro select_least_neighbours(edges, round) -%}
    {%- set mask = local_md5('round ' ~ round)[:15] | int(base=16) -%}
    select
        node,
        {{ kindred.bitwise_xor('least(' ~ kindred.bitwise_xor('node', mask) ~ ', least_neighbour)', mask) }} as taken
    from (
        select
            node,
            min({{ kindred.bitwise_xor('neighbour', mask) }}) as least_neighbour
        from (
            select src as node, dst as neighbour from {{ edges }}
            union all
            select dst as node, src as neighbour from {{ edges }}
        ) as both_directions
        group by node
    ) as neighbours
{%- endmacro %}


{#- One join over the nodes saves a third of the rounds, each of which joins the edges twice. -#}
{% macro select_taken_twice(near) -%}
    select
        nodes.node,
        takers.taken
    from {{ near }} as nodes
    inner join {{ near }} as takers on nodes.taken = takers.node
{%- endmacro %}


{#- Doubled edges do no harm but cost time in later rounds. To find them is the dearest part of a round and most
    rounds have few, so that they are dropped in the second, when the graph is smaller, and in each third after it. -#}
{% macro select_contracted_edges(edges, map, round) -%}
    select {{ 'distinct' if round % 3 == 2 }}
        least(sources.taken, targets.taken) as src,
        greatest(sources.taken, targets.taken) as dst
    from {{ edges }} as edges
    inner join {{ map }} as sources on edges.src = sources.node
    inner join {{ map }} as targets on edges.dst = targets.node
    where sources.taken <> targets.taken
{%- endmacro %}


{% macro select_composed(earlier, later) -%}
    select
        earlier.node,
        coalesce(later.taken, earlier.taken) as taken
    from {{ earlier }} as earlier
    left join {{ later }} as later on earlier.taken = later.node
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
