{#-
    Materialization `connected_components`: the connected components of a graph, solved inside the warehouse.

    The model is a plain select of two columns, one row an edge; they are integers, or anything that can be sorted.
    A row (x, x) names a node without an edge. Doubles and both directions do no harm; a null end is refused.
    The table has one row a node: the node, and its component, named by the least node in it. The columns are called
    as the model's YAML calls them, in that order, or `node` and `component` if it names none.

    Randomised contraction (Bögeholz, Brand, Todor 2020): in each round every node takes the least of itself and its
    neighbours under an order drawn for that round, and the graph shrinks to the nodes that were taken. About
    half of the nodes leave in a round whatever the graph's shape, so that the rounds grow with the logarithm of its
    size and not with its diameter. At the end the rounds' maps are composed from the last to the first.
-#}
{% materialization connected_components, default %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
    {%- set backup_type = 'table' if existing_relation is none else existing_relation.type -%}
    {%- set backup_relation = make_backup_relation(target_relation, backup_type) -%}
    {%- set grant_config = config.get('grants') -%}

    {{ drop_relation_if_exists(load_cached_relation(intermediate_relation)) }}
    {{ drop_relation_if_exists(load_cached_relation(backup_relation)) }}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set solved = kindred.solve_components(this, compiled_code) -%}
    {% call statement('create_table') -%}
        {{ create_table_as(False, intermediate_relation, kindred.select_components(solved)) }}
    {%- endcall %}
    {%- do kindred.drop_steps(solved.steps) -%}

    {% if existing_relation is not none %}
        {{ adapter.rename_relation(existing_relation, backup_relation) }}
    {% endif %}
    {{ adapter.rename_relation(intermediate_relation, target_relation) }}
    {% do create_indexes(target_relation) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do apply_grants(target_relation, grant_config, should_revoke(existing_relation, full_refresh_mode=True)) %}
    {% do persist_docs(target_relation, model) %}
    {{ adapter.commit() }}
    {{ drop_relation_if_exists(backup_relation) }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {% call noop_statement('main', solved.rounds ~ ' ROUNDS') %}{% endcall %}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{#- Contract the graph of `edges_sql` until no edge is left, and compose the maps. -#}
{% macro solve_components(relation, edges_sql) %}
    {%- set step = relation.identifier ~ '__step_' -%}
    {%- set solved = {'steps': [], 'rounds': 0, 'maps': [], 'names': none, 'model': relation.identifier} -%}
    {%- set ends = kindred.edge_ends(relation, edges_sql) -%}
    {%- do kindred.create_step(solved, step ~ 'edges_0', kindred.select_edges(edges_sql, ends)) -%}
    {%- do kindred.refuse_null_ends(relation, step ~ 'edges_0') -%}
    {%- if not ends.are_integers -%}
        {%- do kindred.number_the_nodes(solved, step) -%}
    {%- endif -%}
    {%- set edges = namespace(name=solved.steps[-1], left=1) -%}
    {%- for round in range(1, 1000) if edges.left > 0 -%}
        {%- do kindred.create_step(solved, step ~ 'map_' ~ round, kindred.select_least_neighbours(edges.name, round)) -%}
        {%- do solved.maps.append(step ~ 'map_' ~ round) -%}
        {%- set contracted = kindred.select_contracted_edges(edges.name, step ~ 'map_' ~ round) -%}
        {%- do kindred.create_step(solved, step ~ 'edges_' ~ round, contracted) -%}
        {%- do kindred.drop_steps([edges.name]) -%}
        {%- set edges.name = step ~ 'edges_' ~ round -%}
        {%- set edges.left = kindred.count_rows(edges.name) -%}
    {%- endfor -%}
    {%- do solved.update({'rounds': solved.maps | length}) -%}
    {%- do kindred.compose_maps(solved, step) -%}
    {{ return(solved) }}
{% endmacro %}


{#- Backwards: where each node of a round ended is where the node that it took ended. -#}
{% macro compose_maps(solved, step) %}
    {%- set composed = namespace(name=solved.maps[-1]) -%}
    {%- for earlier in solved.maps[:-1] | reverse -%}
        {%- set name = step ~ 'composed_' ~ loop.index -%}
        {%- do kindred.create_step(solved, name, kindred.select_composed(earlier, composed.name)) -%}
        {%- do kindred.drop_steps([earlier, composed.name]) -%}
        {%- set composed.name = name -%}
    {%- endfor -%}
    {%- do solved.update({'composed': composed.name}) -%}
{% endmacro %}


{#- What is not an integer is numbered in its own order, so that the least number is the least name. -#}
{% macro number_the_nodes(solved, step) %}
    {%- do solved.update({'names': step ~ 'names'}) -%}
    {%- do kindred.create_step(solved, step ~ 'names', kindred.select_numbered_nodes(step ~ 'edges_0')) -%}
    {%- set numbered = kindred.select_numbered_edges(step ~ 'edges_0', step ~ 'names') -%}
    {%- do kindred.create_step(solved, step ~ 'numbered', numbered) -%}
    {%- do kindred.drop_steps([step ~ 'edges_0']) -%}
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
    {%- set integers = ['tinyint', 'smallint', 'integer', 'bigint', 'int', 'int2', 'int4', 'int8', 'long', 'short'] -%}
    {%- set found = [] -%}
    {%- for column in columns if column.dtype | lower in integers -%}{%- do found.append(column.name) -%}{%- endfor -%}
    {{ return({'names': columns | map(attribute='name') | list, 'are_integers': found | length == 2}) }}
{% endmacro %}


{% macro refuse_null_ends(relation, edges) %}
    {%- set nulls = kindred.count_rows(edges ~ ' where src is null or dst is null') -%}
    {%- if nulls > 0 -%}
        {%- do exceptions.raise_compiler_error(
            "connected_components: the model '" ~ relation.identifier ~ "' selects " ~ nulls
            ~ " edges with a null end; filter them out, or give a node alone as an edge to itself."
        ) -%}
    {%- endif -%}
{% endmacro %}


{#- Each step is a real table: a chain of views would multiply the plan with every round. -#}
{% macro create_step(solved, name, sql) %}
    {%- call statement('components_step', fetch_result=False, auto_begin=False) -%}
        create temporary table {{ name }} as {{ sql }}
    {%- endcall -%}
    {%- do solved.steps.append(name) -%}
{% endmacro %}


{% macro drop_steps(names) %}
    {%- for name in names -%}
        {%- call statement('components_drop', fetch_result=False, auto_begin=False) -%}
            drop table if exists {{ name }}
        {%- endcall -%}
    {%- endfor -%}
{% endmacro %}


{% macro count_rows(from_clause) %}
    {{ return(run_query('select count(*) from ' ~ from_clause).columns[0].values()[0] | int) }}
{% endmacro %}
