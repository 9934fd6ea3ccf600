{#-
    `connected_components`: how the result gets into the tables that others see.

    The table and the kept edges must never disagree. Where the engine has transactions (DuckDB, PostgreSQL) both change in
    one. Elsewhere the order keeps them safe: the kept edges leave their name before the table changes and come
    back after it, and a run that does not find them solves everything.
-#}

{% macro kept_edges(relation) %}
    {{ return(relation.incorporate(path={'identifier': relation.identifier ~ '__edges'}, type='table')) }}
{% endmacro %}


{#- The kept edges while they change. -#}
{% macro changing_edges(relation) %}
    {{ return(relation.incorporate(path={'identifier': relation.identifier ~ '__edges_changing'}, type='table')) }}
{% endmacro %}


{#- Everything anew: edges out, tables swapped, edges in. -#}
{% macro write_components(work, existing, intermediate, backup) %}
    {% call statement('create_table') -%}
        {{ create_table_as(False, intermediate, kindred.select_components(work, kindred.component_columns())) }}
    {%- endcall %}
    {%- do drop_relation_if_exists(load_cached_relation(kindred.kept_edges(this))) -%}
    {%- do drop_relation_if_exists(load_cached_relation(kindred.changing_edges(this))) -%}
    {%- if existing is not none -%}
        {%- do adapter.rename_relation(existing, backup) -%}
    {%- endif -%}
    {%- do adapter.rename_relation(intermediate, this.incorporate(type='table')) -%}
    {%- do create_indexes(this) -%}
    {%- if work.is_kept -%}
        {%- do kindred.change('create table ' ~ kindred.kept_edges(this) ~ ' as select distinct src, dst from ' ~ work.edges) -%}
    {%- endif -%}
{% endmacro %}


{% macro write_changes(work, existing) %}
    {%- do kindred.check_contract(work) -%}
    {%- set kept, changing = kindred.kept_edges(this), kindred.changing_edges(this) -%}
    {%- if work.is_kept -%}
        {%- do drop_relation_if_exists(load_cached_relation(changing)) -%}
        {%- do adapter.rename_relation(kept, changing) -%}
    {%- else -%}
        {%- do drop_relation_if_exists(load_cached_relation(kept)) -%}
    {%- endif -%}
    {%- do kindred.change(kindred.merge_changes(work, existing)) -%}
    {%- do kindred.change(
        'delete from ' ~ existing ~ ' where ' ~ work.columns[0] ~ ' in (select node from ' ~ work.gone ~ ')'
    ) -%}
    {%- if work.is_kept -%}
        {%- do kindred.change(kindred.delete_edges(work, changing)) -%}
        {%- do kindred.change('insert into ' ~ changing ~ ' select src, dst from ' ~ work.added) -%}
        {%- do adapter.rename_relation(changing, kept) -%}
    {%- endif -%}
{% endmacro %}


{% macro merge_changes(work, existing) -%}
    {%- set node, component = work.columns %}
    merge into {{ existing }} as standing
    using {{ work.changes }} as changes
    on standing.{{ node }} = changes.node
    when matched then update set {{ component }} = changes.component
    when not matched then insert ({{ node }}, {{ component }}) values (changes.node, changes.component)
{%- endmacro %}


{% macro delete_edges(work, edges) -%}
    delete from {{ edges }}
    where exists (
        select 1 from {{ work.removed }} as removed where removed.src = {{ edges }}.src and removed.dst = {{ edges }}.dst
    )
{%- endmacro %}


{#- A full solution has its contract checked by dbt as it makes the table. -#}
{% macro check_contract(work) %}
    {%- if config.get('contract').enforced -%}
        {%- do get_assert_columns_equivalent(kindred.select_components(work, kindred.component_columns())) -%}
    {%- endif -%}
{% endmacro %}


{#- A statement inside the transaction; it opens it if need be. -#}
{% macro change(sql) %}
    {%- call statement('components_change', fetch_result=False) -%}{{ sql }}{%- endcall -%}
{% endmacro %}
