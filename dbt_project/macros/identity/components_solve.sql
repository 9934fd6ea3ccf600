{#-
    `connected_components`: how a graph is solved, by randomised contraction (Bögeholz, Brand, Todor: "In-database
    connected component analysis", 2020, arXiv:1802.09478).

    In each round every node takes the least of itself and its neighbours under an order drawn for that round, then
    what that one has taken, and the graph shrinks to the nodes that were taken. More than half of the nodes leave in a
    round whatever the graph's shape, so that the rounds grow with the logarithm of its size and not with its diameter.
    Only the first round takes the ids in their own order, as it is cheaper: at worst one round brings nothing.
    At the end the rounds' maps are composed from the last to the first.

    `work` carries the state: edges (the table that was read), steps (temporary tables), views (those of them that are views),
    maps (one a round: who took whom, and whom those took), names (the numbering of nodes that are no integers), named (each
    node that was taken in the first round or lived on, with its component), rounds.
    Its statements wait until an answer is needed, and are then run at once: a statement costs dbt more than a small step
    costs the engine. `waiting` are those that were not run yet.
-#}

{% macro read_edges(relation, edges_sql) %}
    {%- set incremental = config.get('incremental') -%}
    {%- if incremental not in [none, 'append', 'compare'] -%}
        {%- do exceptions.raise_compiler_error(
            "connected_components: incremental='" ~ incremental ~ "' is unknown; choose 'append' or 'compare'."
        ) -%}
    {%- endif -%}
    {%- set ends = kindred.edge_ends(relation, edges_sql) -%}
    {%- set work = {'name': relation.identifier, 'steps': [], 'views': [], 'waiting': []} -%}
    {%- do work.update({'are_integers': ends.are_integers, 'is_kept': incremental == 'compare'}) -%}
    {%- set is_read_again = config.get('edges_stand') and ends.are_integers and incremental is none -%}
    {%- set kind = 'view' if is_read_again else 'table' -%}
    {%- do work.update({'edges': kindred.create_step(work, 'edges', kindred.select_edges(edges_sql, ends), kind)}) -%}
    {%- do work.update({'nulls': kindred.create_step(work, 'nulls', kindred.select_nulls(work.edges))}) -%}
    {{ return(work) }}
{% endmacro %}


{#- The model's rows are read and checked with the first answer, whatever it is. -#}
{% macro check_nulls(work, nulls) %}
    {%- if nulls > 0 -%}
        {%- do exceptions.raise_compiler_error(
            "connected_components: the model '" ~ work.name ~ "' selects " ~ nulls
            ~ " edges with a null end; filter them out, or give a node alone as an edge to itself."
        ) -%}
    {%- endif -%}
    {%- do kindred.drop_steps(work, [work.nulls]) -%}
    {%- do work.update({'nulls': none}) -%}
{% endmacro %}


{#- Contract `edges` until no edge is left, and compose the rounds. -#}
{% macro contract_edges(work, edges) %}
    {%- set is_kept = work.is_kept and edges == work.edges -%}
    {%- set left = namespace(edges=edges if work.are_integers else kindred.number_the_nodes(work, edges, is_kept), rows=1) -%}
    {%- do work.update({'maps': []}) -%}
    {%- for round in range(1, 1000) if left.rows > 0 -%}
        {%- set takers = kindred.create_step(work, 'takers_' ~ round, kindred.select_takers(left.edges, round)) -%}
        {%- set heads = kindred.create_step(work, 'heads_' ~ round, kindred.select_heads(takers)) -%}
        {%- do work.maps.append({'takers': takers, 'heads': heads}) -%}
        {%- set select = kindred.select_contracted_edges(left.edges, takers, heads, round) -%}
        {%- set contracted = kindred.create_step(work, 'edges_' ~ round, select) -%}
        {%- do kindred.drop_steps(work, [] if is_kept and left.edges == edges else [left.edges]) -%}
        {%- set left.edges, left.rows = contracted, kindred.count_rows(work, [contracted]) -%}
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


{#- Each step is a real table: a chain of views would multiply the plan with every round. Edges that stand are the exception. -#}
{% macro create_step(work, step, sql, kind='table') %}
    {%- set name = work.name ~ '__step_' ~ step -%}
    {%- do work.steps.append(name) -%}
    {%- do work.views.append(name) if kind == 'view' -%}
    {%- do work.waiting.append('create temporary ' ~ kind ~ ' ' ~ name ~ ' as ' ~ sql) -%}
    {{ return(name) }}
{% endmacro %}


{% macro drop_steps(work, names) %}
    {%- for name in names -%}
        {%- do work.steps.remove(name) -%}
        {%- do work.waiting.append('drop ' ~ ('view ' if name in work.views else 'table ') ~ name) -%}
    {%- endfor -%}
{% endmacro %}


{#- How many rows some tables have together, when all that waits has been run. -#}
{% macro count_rows(work, tables) %}
    {%- set counts = ['0'] -%}
    {%- for name in tables -%}{%- do counts.append('(select count(*) from ' ~ name ~ ')') -%}{%- endfor -%}
    {%- set nulls = '(select found from ' ~ work.nulls ~ ')' if work.nulls else '0' -%}
    {%- set query = 'select ' ~ counts | join(' + ') ~ ' as found, ' ~ nulls ~ ' as nulls' -%}
    {%- set answer = kindred.run_steps(kindred.waiting_statements(work), query).rows[0] -%}
    {%- do kindred.check_nulls(work, answer[1] | int) if work.nulls -%}
    {{ return(answer[0] | int) }}
{% endmacro %}


{#- Run what waits inside the transaction that changes what others see; it opens it if need be. -#}
{% macro run_waiting(work) %}{%- do kindred.change_in_order(kindred.waiting_statements(work)) if work.waiting -%}{% endmacro %}


{% macro waiting_statements(work) %}
    {%- set waiting = work.waiting -%}
    {%- do work.update({'waiting': []}) -%}
    {{ return(waiting) }}
{% endmacro %}
