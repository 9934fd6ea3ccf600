{#-
    `connected_components`, incremental: fold what changed into the components that stand.

    Added edges join components, so their ends are replaced by the components that they stand in, and only this small
    graph is solved. A removed edge may split its component, so such components are opened: their nodes stand
    for themselves again, and all their edges take part. Whatever moved is then rewritten, and nothing else.

    A component is named by its least node, so the least of the joined names is the least node of the whole.
-#}

{#- Steps: added, opened (components that lost an edge), starts (each end with what it stands for), solved,
    changes (nodes with another component than before, or new), gone (nodes without any edge left). -#}
{% macro reckon_changes(work, standing) %}
    {%- set names = {'standing': standing, 'columns': kindred.component_columns(), 'edges': work.edges} -%}
    {%- if work.is_kept -%}
        {%- set kept = kindred.kept_edges(this) -%}
        {%- do names.update({'added': kindred.create_step(work, 'added', kindred.select_edges_missing(work.edges, kept))}) -%}
        {%- do names.update({'removed': kindred.create_step(work, 'removed', kindred.select_edges_missing(kept, work.edges))}) -%}
    {%- else -%}
        {%- do names.update({'added': work.edges, 'removed': '(select src from ' ~ work.edges ~ ' where 1 = 0)'}) -%}
    {%- endif -%}
    {%- for step in ['opened', 'open_nodes', 'moving_edges', 'starts', 'started_edges'] -%}
        {%- do names.update({step: kindred.create_step(work, step, kindred['select_' ~ step](names))}) -%}
    {%- endfor -%}
    {%- do kindred.contract_edges(work, names.started_edges) -%}
    {%- do names.update({'solved': kindred.create_step(work, 'solved', kindred.select_components(work, ['node', 'component']))}) -%}
    {%- for step in ['changes', 'gone'] -%}
        {%- do names.update({step: kindred.create_step(work, step, kindred['select_' ~ step](names))}) -%}
    {%- endfor -%}
    {%- do work.update(names) -%}
    {%- do work.update({'changed': kindred.count_rows(work, [names.changes, names.gone])}) -%}
{% endmacro %}


{% macro select_edges_missing(edges, others) -%}
    select distinct
        edges.src,
        edges.dst
    from {{ edges }} as edges
    where not exists (select 1 from {{ others }} as others where others.src = edges.src and others.dst = edges.dst)
{%- endmacro %}


{% macro select_opened(names) -%}
    select distinct standing.{{ names.columns[1] }} as component
    from {{ names.removed }} as removed
    inner join {{ names.standing }} as standing on removed.src = standing.{{ names.columns[0] }}
{%- endmacro %}


{% macro select_open_nodes(names) -%}
    select
        standing.{{ names.columns[0] }} as node,
        standing.{{ names.columns[1] }} as component
    from {{ names.standing }} as standing
    inner join {{ names.opened }} as opened on standing.{{ names.columns[1] }} = opened.component
{%- endmacro %}


{#- An edge from an opened node to any other node is an added one, or stays within the component. -#}
{% macro select_moving_edges(names) -%}
    select
        src,
        dst
    from {{ names.added }}
    union all
    select
        edges.src,
        edges.dst
    from {{ names.edges }} as edges
    inner join {{ names.open_nodes }} as open_nodes on edges.src = open_nodes.node
{%- endmacro %}


{#- `is_alone`: whether the node stands for itself, as it is new or its component was opened. What stands is large and the
    ends are few, so that an inner join comes first: engines scan the one past a table of the other. -#}
{% macro select_starts(names) -%}
    with ends as (

        select src as node from {{ names.moving_edges }}
        union
        select dst as node from {{ names.moving_edges }}

    ),

    stood as (

        select
            standing.{{ names.columns[0] }} as node,
            standing.{{ names.columns[1] }} as component
        from {{ names.standing }} as standing
        inner join ends on standing.{{ names.columns[0] }} = ends.node

    )

    select
        ends.node,
        stood.component,
        case when opened.component is null then coalesce(stood.component, ends.node) else ends.node end as start_node,
        case when stood.component is null or opened.component is not null then 1 else 0 end as is_alone
    from ends
    left join stood on ends.node = stood.node
    left join {{ names.opened }} as opened on stood.component = opened.component
{%- endmacro %}


{% macro select_started_edges(names) -%}
    select {{ kindred.directed_ends('sources.start_node', 'targets.start_node') }}
    from {{ names.moving_edges }} as edges
    inner join {{ names.starts }} as sources on edges.src = sources.node
    inner join {{ names.starts }} as targets on edges.dst = targets.node
{%- endmacro %}


{#- Nodes that stood for themselves, and the rows of components that moved as a whole. -#}
{% macro select_changes(names) -%}
    select
        starts.node,
        solved.component
    from {{ names.starts }} as starts
    inner join {{ names.solved }} as solved on starts.start_node = solved.node
    where starts.is_alone = 1 and (starts.component is null or starts.component <> solved.component)
    union all
    select
        standing.{{ names.columns[0] }} as node,
        solved.component
    from {{ names.standing }} as standing
    inner join {{ names.solved }} as solved on standing.{{ names.columns[1] }} = solved.node
    left join {{ names.opened }} as opened on standing.{{ names.columns[1] }} = opened.component
    where opened.component is null and solved.component <> solved.node
{%- endmacro %}


{% macro select_gone(names) -%}
    select open_nodes.node
    from {{ names.open_nodes }} as open_nodes
    left join {{ names.starts }} as starts on open_nodes.node = starts.node
    where starts.node is null
{%- endmacro %}
