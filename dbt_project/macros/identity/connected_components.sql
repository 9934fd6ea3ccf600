{#-
    Materialization `connected_components`: the connected components of a graph, solved inside the warehouse.
    docs/connected_components.md tells its users what it promises; this file and its neighbours `components_*.sql` do it.

    The model is a plain select of two columns, one row an edge; they are integers, or anything that can be sorted.
    A row (x, x) names a node without an edge. Doubles and both directions do no harm; a null end is refused.
    The table has one row a node: the node, and its component, named by the least node in it. The columns are called
    as the model's YAML calls them, in that order, or `node` and `component` if it names none.

    config(incremental=...):
        none        each run solves the whole graph.
        'append'    the model selects new edges only when kindred.components_stand() says so; they join what stands.
        'compare'   the model selects all edges; they are compared with those of the last run, which are kept in
                    `<model>__edges`. New edges join what stands, and what lost an edge is solved again.
    config(edges_stand=true): the select is cheap and says the same each time, as that of a table does. It is asked
        three times instead of copied; only without `incremental`, and for integers.
-#}
{% materialization connected_components, default %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
    {%- set backup_type = 'table' if existing_relation is none else existing_relation.type -%}
    {%- set backup_relation = make_backup_relation(target_relation, backup_type) -%}

    {{ drop_relation_if_exists(load_cached_relation(intermediate_relation)) }}
    {{ drop_relation_if_exists(load_cached_relation(backup_relation)) }}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {#- All reckoning is done in temporary tables; what others can see changes in one transaction at the end. -#}
    {%- set work = kindred.read_edges(this, compiled_code) -%}
    {%- set is_full = kindred.needs_full_solution(work, existing_relation) -%}
    {%- if is_full -%}
        {%- do kindred.contract_edges(work, work.edges) -%}
        {%- do kindred.write_components(work, existing_relation, intermediate_relation, backup_relation) -%}
    {%- else -%}
        {%- do kindred.reckon_changes(work, existing_relation) -%}
        {%- do kindred.write_changes(work, existing_relation) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do apply_grants(target_relation, config.get('grants'), should_revoke(existing_relation, full_refresh_mode=is_full)) %}
    {% do persist_docs(target_relation, model) %}
    {{ adapter.commit() }}
    {{ drop_relation_if_exists(backup_relation if is_full and existing_relation is not none else none) }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {% call noop_statement('main', work.rounds ~ ' ROUNDS, ' ~ ('ALL' if is_full else work.changed) ~ ' ROWS') %}{% endcall %}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{#- For models with incremental='append': whether to select the new edges only. dbt's own is_incremental() is always
    false outside its own materialization. -#}
{% macro components_stand() %}
    {%- if not execute or config.get('incremental') != 'append' -%}
        {{ return(false) }}
    {%- endif -%}
    {{ return(kindred.is_standing(load_cached_relation(this))) }}
{% endmacro %}


{#- Whether there is a table of ours to build on. -#}
{% macro is_standing(existing) %}
    {%- if existing is none or existing.type != 'table' or should_full_refresh() -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set found = adapter.get_columns_in_relation(existing) | map(attribute='name') | map('lower') | list -%}
    {{ return(found == kindred.component_columns() | map('lower') | list) }}
{% endmacro %}


{#- In doubt everything is solved again; an append cannot, as its model has selected the new edges only. -#}
{% macro needs_full_solution(work, existing) %}
    {%- set incremental = config.get('incremental') -%}
    {%- if incremental is none or not kindred.is_standing(existing) -%}
        {{ return(true) }}
    {%- endif -%}
    {%- do kindred.count_rows(work, []) -%}  {#- runs what waits: the edges are there, and have no null end -#}
    {%- set is_same_type = kindred.column_types(existing) == kindred.column_types(work.edges) -%}
    {%- if incremental == 'append' and not is_same_type -%}
        {%- do exceptions.raise_compiler_error(
            "connected_components: the nodes of '" ~ model.name ~ "' have another type than those that stand;"
            ~ " run it with --full-refresh."
        ) -%}
    {%- endif -%}
    {%- set kept = load_cached_relation(kindred.kept_edges(this)) -%}
    {{ return(incremental == 'compare' and (
        not is_same_type or kept is none or kindred.column_types(kept) != kindred.column_types(work.edges)
    )) }}
{% endmacro %}


{% macro column_types(table) %}
    {{ return(
        adapter.get_column_schema_from_query(get_empty_subquery_sql('select * from ' ~ table))
        | map(attribute='dtype') | list
    ) }}
{% endmacro %}


{% macro component_columns() %}
    {%- set declared = model.columns.keys() | list -%}
    {%- if declared | length not in [0, 2] -%}
        {%- do exceptions.raise_compiler_error(
            "connected_components: the YAML of '" ~ model.name ~ "' declares " ~ declared | length
            ~ " columns; declare two, the node and its component."
        ) -%}
    {%- endif -%}
    {{ return(declared or ['node', 'component']) }}
{% endmacro %}
