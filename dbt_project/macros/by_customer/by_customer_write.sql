{#-
    `by_customer`: how rows get into the table that others see.

    The table and the build that it says to hold must never disagree. Where the engine has transactions (DuckDB, PostgreSQL)
    both change in one. Elsewhere the order keeps them safe: what a run left half done is due again in the next.
-#}

{% macro write_everybody(existing, intermediate, backup) %}
    {% call statement('create_table') -%}
        {{ create_table_as(False, intermediate, compiled_code) }}
    {%- endcall %}
    {%- do drop_relation_if_exists(load_cached_relation(kindred.built_relation(this))) -%}
    {%- if existing is not none -%}
        {%- do adapter.rename_relation(existing, backup) -%}
    {%- endif -%}
    {%- do adapter.rename_relation(intermediate, this.incorporate(type='table')) -%}
    {%- do create_indexes(this) -%}
{% endmacro %}


{% macro write_due(existing, since) %}
    {%- set columns = adapter.get_columns_in_relation(existing) | map(attribute='quoted') | join(', ') -%}
    {%- set due = kindred.narrow_to_due(compiled_code, since) -%}
    {%- if config.get('contract').enforced -%}
        {%- do get_assert_columns_equivalent(due) -%}
    {%- endif -%}
    {%- do kindred.change('delete from ' ~ existing ~ ' where ' ~ kindred.is_due_since("coalesce(customer_id, '')", since)) -%}
    {%- do kindred.change(
        'insert into ' ~ existing ~ ' (' ~ columns ~ ') select ' ~ columns ~ ' from (' ~ due ~ ') as due'
    ) -%}
{% endmacro %}


{#- Moving traits as they are now, wherever that is not what stands: of those who have some, and of those who have none. -#}
{% macro write_moving(existing) %}
    {%- for node in kindred.moving_nodes() -%}
        {%- set moved = kindred.relation_of(node) -%}
        {%- set setting, differing, kept = [], [], [] -%}
        {%- for column in adapter.get_columns_in_relation(moved) if column.name != 'customer_id' -%}
            {%- do setting.append(column.quoted ~ ' = moved.' ~ column.quoted) -%}
            {%- do differing.append('standing.' ~ column.quoted ~ ' is distinct from moved.' ~ column.quoted) -%}
            {%- do kept.append(column.quoted) -%}
        {%- endfor -%}
        {%- do kindred.change(
            'update ' ~ existing ~ ' as standing set ' ~ setting | join(', ') ~ ' from ' ~ moved ~ ' as moved'
            ~ ' where standing.customer_id = moved.customer_id and (' ~ differing | join(' or ') ~ ')'
        ) -%}
        {%- do kindred.change(
            'update ' ~ existing ~ ' as standing set ' ~ kept | join(' = null, ') ~ ' = null'
            ~ ' where (' ~ kept | join(' is not null or ') ~ ' is not null)'
            ~ ' and not exists (select 1 from ' ~ moved ~ ' as moved where standing.customer_id = moved.customer_id)'
        ) -%}
    {%- endfor -%}
{% endmacro %}


{#- Whether the engine updates a table from another one; elsewhere a model with moving traits is written anew. -#}
{% macro can_update_from() %}{{ return(adapter.dispatch('can_update_from', 'kindred')()) }}{% endmacro %}

{% macro default__can_update_from() %}{{ return(false) }}{% endmacro %}

{% macro duckdb__can_update_from() %}{{ return(true) }}{% endmacro %}

{% macro postgres__can_update_from() %}{{ return(true) }}{% endmacro %}


{% macro built_relation(relation) %}
    {{ return(relation.incorporate(path={'identifier': relation.identifier ~ '__built'}, type='table')) }}
{% endmacro %}


{#- What a table of this kind holds: the number of the last change, and its rules. None if it does not say. -#}
{% macro built_of(relation) %}
    {%- set built = load_cached_relation(kindred.built_relation(relation)) -%}
    {%- if built is none -%}{{ return(none) }}{%- endif -%}
    {%- set rows = run_query('select build, rules from ' ~ built).rows -%}
    {{ return({'build': rows[0][0] | int, 'rules': rows[0][1]} if rows else none) }}
{% endmacro %}


{% macro write_built(now) %}
    {%- set built = kindred.built_relation(this) -%}
    {%- do drop_relation_if_exists(load_cached_relation(built)) -%}
    {%- do kindred.change('create table ' ~ built ~ " as select " ~ now.build ~ " as build, '" ~ now.rules ~ "' as rules") -%}
    {%- do adapter.cache_added(built) -%}
{% endmacro %}
