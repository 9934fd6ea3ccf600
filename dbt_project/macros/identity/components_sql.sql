{#- The statements of `components_solve.sql`: only joins, groups and unions, so that they run on any engine. -#}

{% macro select_edges(edges_sql, ends) -%}
    select {{ kindred.directed_ends('src', 'dst') }}
    from (
        select
            {{ kindred.edge_end(ends.names[0], ends.type) }} as src,
            {{ kindred.edge_end(ends.names[1], ends.type) }} as dst
        from ({{ edges_sql }}) as edges
    ) as read_edges
{%- endmacro %}


{% macro edge_end(column, type) -%}
    {{ 'cast(' ~ adapter.quote(column) ~ ' as ' ~ type ~ ')' if type else adapter.quote(column) }}
{%- endmacro %}


{% macro select_nulls(edges) -%}select count(*) as found from {{ edges }} where src is null or dst is null{%- endmacro %}


{#- Each edge leads from its lesser end: edges can be compared with others, and the first round need not look which end is
    which. `least` and `greatest` would not do, as they pass over nulls on some engines. -#}
{% macro directed_ends(one, other) %}
        case when {{ one }} <= {{ other }} then {{ one }} else {{ other }} end as src,
        case when {{ one }} <= {{ other }} then {{ other }} else {{ one }} end as dst
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


{#- Who takes whom. Each edge is looked at from its greater end only, so that a node that is less than all its neighbours
    has no row. `has_more`: whether there are lesser neighbours beside the one that was taken. -#}
{% macro select_takers(edges, round) -%}
    {%- set mask = kindred.round_mask(round) -%}
    select
        {{ kindred.masked('greater_end', mask) }} as node,
        {{ kindred.masked('min(lesser_end)', mask) }} as taken,
        min(lesser_end) <> max(lesser_end) as has_more
    from ({{ kindred.select_ordered_edges(edges, mask) }}) as ordered_edges
    group by greater_end
{%- endmacro %}


{#- Who was taken, and whom it took itself (nobody: null). -#}
{% macro select_heads(takers) -%}
    select
        heads.node,
        takers.taken
    from (select distinct taken as node from {{ takers }}) as heads
    left join {{ takers }} as takers on heads.node = takers.node
{%- endmacro %}


{% macro select_ordered_edges(edges, mask) -%}
    {%- set ends = kindred.masked('src', mask) ~ ', ' ~ kindred.masked('dst', mask) -%}
    select
        {{ 'greatest(' ~ ends ~ ')' if mask else 'dst' }} as greater_end,
        {{ 'least(' ~ ends ~ ')' if mask else 'src' }} as lesser_end
    from {{ edges }}
{%- endmacro %}


{#- An xor with a number drawn for the round puts the ids in a new order: of two, each is as likely to be the lesser. The
    first round, in which the engine has most to group, takes them in their own order. -#}
{% macro masked(id, mask) %}{{ return(kindred.bitwise_xor(id, mask) if mask else id) }}{% endmacro %}

{% macro round_mask(round) %}
    {{ return(none if round == 1 else local_md5('round ' ~ round)[:15] | int(base=16)) }}
{% endmacro %}


{#- A node ends at what the one that it took has taken: it saves a third of the rounds. If a node has one lesser neighbour,
    its edge leads from that one's end to its own; that follows from the heads alone, and the edge need not be joined.
    Doubled edges do no harm, but later rounds carry them along. To find them is the dearest part of a round where
    they are few: so it is done in the second, when the graph is smaller, and when the graph has become dense. -#}
{% macro select_contracted_edges(edges, takers, heads, round) -%}
    {%- set mask = kindred.round_mask(round) -%}
    {%- set moved_heads = '(select node, taken from ' ~ heads ~ ' where taken <> node)' -%}
    with ends as (

        select
            takers.node,
            takers.has_more,
            coalesce(heads.taken, takers.taken) as taken
        from {{ takers }} as takers
        left join {{ moved_heads }} as heads on takers.taken = heads.node

    )

    select {{ 'distinct' if round == 2 or round >= 5 }}
        least(src, dst) as src,
        greatest(src, dst) as dst
    from (
        select
            sources.taken as src,
            coalesce(targets.taken, edges.lesser_end) as dst
        from (
            select
                {{ kindred.masked('greater_end', mask) }} as greater_end,
                {{ kindred.masked('lesser_end', mask) }} as lesser_end
            from ({{ kindred.select_ordered_edges(edges, mask) }}) as ordered_edges
        ) as edges
        inner join ends as sources on edges.greater_end = sources.node and sources.has_more
        left join ends as targets on edges.lesser_end = targets.node
        union all
        select
            heads.taken as src,
            next_heads.taken as dst
        from {{ moved_heads }} as heads
        inner join {{ moved_heads }} as next_heads on heads.taken = next_heads.node
    ) as contracted
    where src <> dst
{%- endmacro %}


{#- Where each head of a round ended, and each node that neither took nor was taken; `is_free`: it took nobody. A head that
    takes part in no later round ended at once. -#}
{% macro select_held(heads, later) -%}
    select
        heads.node,
        {{ 'coalesce(later.taken, heads.taken, heads.node)' if later else 'coalesce(heads.taken, heads.node)' }} as taken,
        heads.taken is null as is_free
    from {{ heads }} as heads
    {% if later -%}
    left join {{ later }} as later on coalesce(heads.taken, heads.node) = later.node
    union all
    select
        later.node,
        later.taken,
        heads.node is null as is_free
    from {{ later }} as later
    left join {{ heads }} as heads on later.node = heads.node
    where heads.node is null
    {%- endif %}
{%- endmacro %}


{#- Each node that took part in this round or a later one, with the node that it ended at. -#}
{% macro select_composed(map, later) -%}
    with held as (

        {{ kindred.select_held(map.heads, later) }}

    )

    {{ kindred.select_ends(map.takers, 'held') }}
{%- endmacro %}


{% macro select_ends(takers, held) -%}
    select
        takers.node,
        held.taken
    from {{ takers }} as takers
    inner join {{ held }} as held on takers.taken = held.node
    union all
    select
        node,
        taken
    from {{ held }}
    where is_free
{%- endmacro %}


{#- The first round's heads and free nodes, with the least node of their component instead of the node that they ended at.
    The least node is among them: in the first round each node takes a lesser one. -#}
{% macro select_named(heads, later) -%}
    with held as (

        {{ kindred.select_held(heads, later) }}

    ),

    least_nodes as (

        select
            taken,
            min(node) as node
        from held
        group by taken

    )

    select
        held.node,
        least_nodes.node as taken,
        held.is_free
    from held
    inner join least_nodes on held.taken = least_nodes.taken
{%- endmacro %}


{#- Each node with the least node of its component. -#}
{% macro select_components(work, columns) -%}
    {%- set node, component = ('nodes.node', 'components.node') if work.names else ('ends.node', 'ends.taken') %}
    select
        {{ node }} as {{ columns[0] }},
        {{ component }} as {{ columns[1] }}
    from ({{ kindred.select_ends(work.maps[0].takers, work.named) }}) as ends
    {%- if work.names %}
    inner join {{ work.names }} as nodes on ends.node = nodes.number
    inner join {{ work.names }} as components on ends.taken = components.number
    {%- endif %}
{%- endmacro %}


{#- Run statements outside any transaction, and then a query; what it finds. -#}
{% macro run_steps(statements, query) %}{{ return(adapter.dispatch('run_steps', 'kindred')(statements, query)) }}{% endmacro %}

{% macro default__run_steps(statements, query) %}
    {%- for sql in statements -%}
        {%- call statement('components_step', fetch_result=False, auto_begin=False) -%}{{ sql }}{%- endcall -%}
    {%- endfor -%}
    {{ return(run_query(query)) }}
{% endmacro %}

{#- DuckDB takes several at once, and answers the last. -#}
{% macro duckdb__run_steps(statements, query) %}{{ return(run_query((statements + [query]) | join('; '))) }}{% endmacro %}


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
