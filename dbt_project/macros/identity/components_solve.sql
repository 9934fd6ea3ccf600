{#-
    `connected_components`: how a graph is solved, by randomised contraction (Bögeholz, Brand, Todor: "In-database
    connected component analysis", 2020, arXiv:1802.09478).

    In each round every node takes the least of itself and its neighbours under an order drawn for that round, then
    what that one has taken, and the graph shrinks to the nodes that were taken. More than half of the nodes leave in a
    round whatever the graph's shape, so that the rounds grow with the logarithm of its size and not with its diameter.
    Only the first round takes the ids in their own order, as it is cheaper: at worst one round brings nothing.
    At the end the rounds' maps are composed from the last to the first.

    `work` carries the state: edges (the table that was read), steps (temporary tables), maps (one a round: who took whom,
    and whom those took), names (the numbering of nodes that are no integers), named (each node that was taken in the
    first round or lived on, with its component), rounds.
-#}

{% macro read_edges(relation, edges_sql) %}
    {%- set incremental = config.get('incremental') -%}
    {%- if incremental not in [none, 'append', 'compare'] -%}
        {%- do exceptions.raise_compiler_error(
            "connected_components: incremental='" ~ incremental ~ "' is unknown; choose 'append' or 'compare'."
        ) -%}
    {%- endif -%}
    {%- set ends = kindred.edge_ends(relation, edges_sql) -%}
    {%- set work = {'name': relation.identifier, 'steps': [], 'are_integers': ends.are_integers, 'is_kept': incremental == 'compare'} -%}
    {%- set edges = kindred.new_step(work, 'edges', kindred.select_edges(edges_sql, ends)) -%}
    {%- do work.update({'edges': edges.name}) -%}
    {%- set nulls = kindred.count_after([edges.create], work.edges ~ ' where src is null or dst is null') -%}
    {%- if nulls > 0 -%}
        {%- do exceptions.raise_compiler_error(
            "connected_components: the model '" ~ relation.identifier ~ "' selects " ~ nulls
            ~ " edges with a null end; filter them out, or give a node alone as an edge to itself."
        ) -%}
    {%- endif -%}
    {{ return(work) }}
{% endmacro %}


{#- Contract `edges` until no edge is left, and compose the rounds. -#}
{% macro contract_edges(work, edges) %}
    {%- set is_kept = work.is_kept and edges == work.edges -%}
    {%- set left = namespace(edges=edges if work.are_integers else kindred.number_the_nodes(work, edges, is_kept), rows=1) -%}
    {%- do work.update({'maps': []}) -%}
    {%- for round in range(1, 1000) if left.rows > 0 -%}
        {%- set takers = kindred.new_step(work, 'takers_' ~ round, kindred.select_takers(left.edges, round)) -%}
        {%- set heads = kindred.new_step(work, 'heads_' ~ round, kindred.select_heads(takers.name)) -%}
        {%- do work.maps.append({'takers': takers.name, 'heads': heads.name}) -%}
        {%- set select = kindred.select_contracted_edges(left.edges, takers.name, heads.name, round) -%}
        {%- set contracted = kindred.new_step(work, 'edges_' ~ round, select) -%}
        {%- set drops = kindred.end_steps(work, [] if is_kept and left.edges == edges else [left.edges]) -%}
        {%- set statements = [takers.create, heads.create, contracted.create] + drops -%}
        {%- set left.edges, left.rows = contracted.name, kindred.count_after(statements, contracted.name) -%}
    {%- endfor -%}
    {%- do work.update({'rounds': work.maps | length, 'named': kindred.compose_maps(work)}) -%}
{% endmacro %}


{#- Backwards: where each node of a round ended is where the node that it took ended. The first round, which has the most
    nodes, is composed by the select that writes the result. -#}
{% macro compose_maps(work) %}
    {%- set composed = namespace(name=none) -%}
    {%- for map in work.maps[1:] | reverse -%}
        {%- set later = composed.name -%}
        {%- set composed.name = kindred.create_step(work, 'composed_' ~ loop.index, kindred.select_composed(map, later)) -%}
        {%- do kindred.drop_steps(work, [map.takers, map.heads] + ([later] if later else [])) -%}
    {%- endfor -%}
    {%- set named = kindred.create_step(work, 'named', kindred.select_named(work.maps[0].heads, composed.name)) -%}
    {{ return(named) }}
{% endmacro %}


{#- What is not an integer is numbered in its own order, so that the least number is the least name. -#}
{% macro number_the_nodes(work, edges, is_kept) %}
    {%- do work.update({'names': kindred.create_step(work, 'names', kindred.select_numbered_nodes(edges))}) -%}
    {%- set numbered = kindred.create_step(work, 'numbered', kindred.select_numbered_edges(edges, work.names)) -%}
    {%- do kindred.drop_steps(work, [] if is_kept else [edges]) -%}
    {{ return(numbered) }}
{% endmacro %}


{#- The two columns of the model, whatever they are called. -#}
{% macro edge_ends(relation, edges_sql) %}
    {%- set columns = adapter.get_column_schema_from_query(get_empty_subquery_sql(edges_sql)) -%}
    {%- if columns | length != 2 -%}
        {%- do exceptions.raise_compiler_error(
            "connected_components: the model '" ~ relation.identifier ~ "' selects " ~ columns | length
            ~ " columns; select two, the ends of an edge."
        ) -%}
    {%- endif -%}
    {%- set type = kindred.common_integer(columns | map(attribute='dtype') | map('lower') | list) -%}
    {{ return({'names': columns | map(attribute='name') | list, 'type': type, 'are_integers': type is not none}) }}
{% endmacro %}


{#- The integer type that holds both ends; none if they are no integers. DuckDB has unsigned ones too, such as its hashes. -#}
{% macro common_integer(types) %}
    {%- set signed = ['tinyint', 'smallint', 'integer', 'bigint', 'int', 'int2', 'int4', 'int8', 'long', 'short'] -%}
    {%- set unsigned = ['utinyint', 'usmallint', 'uinteger', 'ubigint'] -%}
    {%- if types | reject('in', signed) | list == [] -%}
        {{ return(dbt.type_bigint()) }}
    {%- endif -%}
    {{ return('ubigint' if types | reject('in', unsigned) | list == [] else none) }}
{% endmacro %}


{#- Each step is a real table: a chain of views would multiply the plan with every round. -#}
{% macro new_step(work, step, sql) %}
    {%- set name = work.name ~ '__step_' ~ step -%}
    {%- do work.steps.append(name) -%}
    {{ return({'name': name, 'create': 'create temporary table ' ~ name ~ ' as ' ~ sql}) }}
{% endmacro %}


{% macro end_steps(work, names) %}
    {%- set drops = [] -%}
    {%- for name in names -%}
        {%- do work.steps.remove(name) -%}
        {%- do drops.append('drop table ' ~ name) -%}
    {%- endfor -%}
    {{ return(drops) }}
{% endmacro %}


{% macro create_step(work, step, sql) %}
    {%- set made = kindred.new_step(work, step, sql) -%}
    {%- do kindred.run_steps([made.create]) -%}
    {{ return(made.name) }}
{% endmacro %}


{% macro drop_steps(work, names) %}{%- do kindred.run_steps(kindred.end_steps(work, names)) -%}{% endmacro %}


{#- Rows of a table, or of one with a condition, after some statements. -#}
{% macro count_after(statements, from_clause) %}
    {%- set query = kindred.run_steps(statements, 'select count(*) from ' ~ from_clause) -%}
    {{ return(query.columns[0].values()[0] | int) }}
{% endmacro %}
