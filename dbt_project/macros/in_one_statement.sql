{#-
    Materializations `table` and `view` on DuckDB, in one statement a model: made beside what stands, put in its place, and
    described. dbt-duckdb says the same in six, each of which costs dbt about ten milliseconds: more than most models here
    take the engine. What this one does not know (Python, DuckLake, keys, indexes, partitions and sort orders) is left to
    dbt-duckdb's own.
-#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- if kindred.needs_dbts_own() -%}
        {{ return(dbt.materialization_table_duckdb()) }}
    {%- endif -%}
    {%- set target = this.incorporate(type='table') -%}
    {{ return(kindred.materialize_at_once(target, create_table_as(False, make_intermediate_relation(target), compiled_code))) }}
{% endmaterialization %}


{% materialization view, adapter='duckdb' %}
    {%- if kindred.needs_dbts_own() -%}
        {{ return(dbt.materialization_view_default()) }}
    {%- endif -%}
    {%- set target = this.incorporate(type='view') -%}
    {{ return(kindred.materialize_at_once(target, create_view_as(make_intermediate_relation(target), compiled_code))) }}
{% endmaterialization %}


{% macro materialize_at_once(target, create) %}
    {%- set existing, made = load_cached_relation(this), make_intermediate_relation(target) -%}
    {%- set is_contracted = model.config.contract.enforced -%}
    {{ drop_relation_if_exists(load_cached_relation(made)) }}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') -%}
        {{ create }}
        {{ kindred.put_in_place(existing, made, target) }};
        {{ kindred.comments_on(target, model) | join('\n') if is_contracted }}
    {%- endcall %}
    {% do persist_docs(target, model) if not is_contracted %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do apply_grants(target, config.get('grants'), should_revoke(existing, full_refresh_mode=True)) %}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmacro %}


{% macro put_in_place(existing, made, target) -%}
    {%- if existing is not none -%}
        drop {{ existing.type }} if exists {{ existing }} cascade;
    {%- endif %}
    alter {{ target.type }} {{ made }} rename to {{ adapter.quote_as_configured(target.identifier, 'identifier') }}
{%- endmacro %}


{% macro needs_dbts_own() %}
    {{ return(
        model.language != 'sql' or adapter.is_ducklake(this) or config.get('indexes') or config.get('partitioned_by')
        or config.get('sorted_by') or enforced_constraint_types() | reject('equalto', 'not_null') | list | length > 0
    ) }}
{% endmacro %}
