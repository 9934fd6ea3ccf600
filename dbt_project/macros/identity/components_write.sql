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


{#- Everything anew: edges out, tables swapped if there is one, edges in. -#}
{% macro write_components(work, existing, intermediate, backup) %}
    {%- set made = this.incorporate(type='table') if existing is none else intermediate -%}
    {%- do drop_relation_if_exists(load_cached_relation(kindred.kept_edges(this))) -%}
    {%- do drop_relation_if_exists(load_cached_relation(kindred.changing_edges(this))) -%}
    {%- do kindred.run_waiting(work) if config.get('contract').enforced -%}  {#- dbt asks which columns the select has -#}
    {%- do work.waiting.append(create_table_as(False, made, kindred.select_components(work, kindred.component_columns()))) -%}
    {%- if existing is not none -%}
        {%- do kindred.run_waiting(work) -%}
        {%- do adapter.rename_relation(existing, backup) -%}
        {%- do adapter.rename_relation(intermediate, this.incorporate(type='table')) -%}
    {%- endif -%}
    {%- if work.is_kept -%}
        {%- do work.waiting.append('create table ' ~ kindred.kept_edges(this) ~ ' as select distinct src, dst from ' ~ work.edges) -%}
    {%- endif -%}
    {%- do kindred.drop_steps(work, work.steps | list) -%}
    {%- do kindred.run_waiting(work) -%}
    {%- do create_indexes(this) -%}
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
    {%- do work.waiting.extend([
        kindred.merge_changes(work, existing),
        'delete from ' ~ existing ~ ' where ' ~ work.columns[0] ~ ' in (select node from ' ~ work.gone ~ ')',
    ]) -%}
    {%- if work.is_kept -%}
        {%- do work.waiting.extend([
            kindred.delete_edges(work, changing), 'insert into ' ~ changing ~ ' select src, dst from ' ~ work.added
        ]) -%}
    {%- endif -%}
    {%- do kindred.drop_steps(work, work.steps | list) -%}
    {%- do kindred.run_waiting(work) -%}
    {%- if work.is_kept -%}
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


{#- Such statements one after the other, at once where the engine takes them so. -#}
{% macro change_in_order(statements) %}{{ return(adapter.dispatch('change_in_order', 'kindred')(statements)) }}{% endmacro %}

{% macro default__change_in_order(statements) %}
    {%- for text in statements -%}
        {%- do kindred.change(text) -%}
    {%- endfor -%}
{% endmacro %}

{% macro duckdb__change_in_order(statements) %}{% do kindred.change(statements | join(';\n')) %}{% endmacro %}

{% macro postgres__change_in_order(statements) %}{% do kindred.change(statements | join(';\n')) %}{% endmacro %}
