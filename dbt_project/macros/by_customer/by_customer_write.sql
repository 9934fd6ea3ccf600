{#-
    `by_customer`: how rows get into the table that others see.

    The table and the build that it says to hold must never disagree. Where the engine has transactions (DuckDB, PostgreSQL)
    both change in one. Elsewhere the order keeps them safe: what a run left half done is due again in the next.
-#}

{% macro write_everybody(existing, intermediate, backup, now) %}
    {%- set target = this.incorporate(type='table') -%}
    {% call statement('create_table') -%}
        {{ create_table_as(False, target if existing is none else intermediate, compiled_code) }}
    {%- endcall %}
    {%- set built = kindred.built_relation(this) -%}
    {%- do drop_relation_if_exists(load_cached_relation(built)) -%}
    {%- if existing is not none -%}
        {%- do adapter.rename_relation(existing, backup) -%}
        {%- do adapter.rename_relation(intermediate, target) -%}
    {%- endif -%}
    {%- do create_indexes(this) -%}
    {%- do kindred.change('create table ' ~ built ~ " as select " ~ now.build ~ " as build, '" ~ now.rules ~ "' as rules") -%}
    {%- do adapter.cache_added(built) -%}
{% endmacro %}


{#- The contract was asserted of the same text, when all was written. -#}
{% macro write_due(existing, state) %}
    {%- set columns = kindred.columns_of(model, existing) -%}
    {%- set due = kindred.narrow_to_due(kindred.read_kept(compiled_code, state), state.since, state.is_nobody_due) -%}
    {%- set whose = kindred.is_due_since("coalesce(customer_id, '')", state.since) -%}
    {%- set statements = adapter.dispatch('replace_rows', 'kindred')(existing, columns, whose, due, state) -%}
    {%- set build = state.now.build -%}
    {%- do statements.append(
        'update ' ~ kindred.built_relation(this) ~ ' set build = ' ~ build ~ ' where build <> ' ~ build
    ) -%}
    {%- do kindred.change_in_order(statements) -%}
{% endmacro %}


{#- Statements that put rows in the place of those that meet a condition. -#}
{% macro default__replace_rows(existing, columns, whose, rows, state) %}
    {%- set names = columns | join(', ') -%}
    {{ return([
        'delete from ' ~ existing ~ ' where ' ~ whose,
        'insert into ' ~ existing ~ ' (' ~ names ~ ') select ' ~ names ~ ' from (' ~ rows ~ ') as due',
    ]) }}
{% endmacro %}

{#- DuckDB packs tables anew where rows were deleted, which costs more than to find out that most stand as they should. -#}
{% macro duckdb__replace_rows(existing, columns, whose, rows, state) %}
    {%- set names = columns | join(', ') -%}
    {%- set due = kindred.make_due(existing, names, rows, state) -%}
    {%- set standing = 'standing_' ~ existing.identifier -%}
    {%- set is_same = ' as other where other.customer_id is not distinct from mine.customer_id and other.print = mine.print' -%}
    {%- set statements = [
        'create or replace temp table ' ~ standing ~ ' as select rowid as place, customer_id, hash(' ~ names ~ ') as print'
        ~ ' from ' ~ existing ~ ' where ' ~ whose,
        'delete from ' ~ existing ~ ' where rowid in (select place from ' ~ standing ~ ' as mine'
        ~ ' where not exists (select 1 from ' ~ due ~ is_same ~ '))',
        'insert into ' ~ existing ~ ' (' ~ names ~ ') select ' ~ names ~ ' from ' ~ due ~ ' as mine'
        ~ ' where not exists (select 1 from ' ~ standing ~ is_same ~ ')',
        'drop table ' ~ standing,
    ] -%}
    {%- if not kindred.is_kept(due) -%}
        {%- do statements.append('drop table ' ~ due) -%}
    {%- endif -%}
    {{ return(statements) }}
{% endmacro %}


{#- Known from the YAML where the contract holds the table to it: to ask costs more than many a model. -#}
{% macro columns_of(node, relation) %}
    {%- if node.config.contract.enforced -%}
        {{ return(node.columns.values() | map(attribute='name') | list) }}
    {%- endif -%}
    {{ return(adapter.get_columns_in_relation(relation) | map(attribute='quoted') | list) }}
{% endmacro %}


{#- Moving traits as they are now, wherever that is not what stands: of those who have some, and of those who have none. -#}
{% macro write_moving(existing) %}
    {%- for node in kindred.moving_nodes() -%}
        {%- set moved = kindred.relation_of(node) -%}
        {%- set setting, differing = [], [] -%}
        {%- set columns = kindred.columns_of(node, moved) | reject('equalto', 'customer_id') | list -%}
        {%- for column in columns -%}
            {%- do setting.append(column ~ ' = moved.' ~ column) -%}
            {%- do differing.append('present.' ~ column ~ ' is distinct from moved.' ~ column) -%}
        {%- endfor -%}
        {%- do kindred.change(
            'update ' ~ existing ~ ' as standing set ' ~ setting | join(', ') ~ ' from ('
            ~ 'select present.customer_id, moved.' ~ columns | join(', moved.') ~ ' from ' ~ existing ~ ' as present'
            ~ ' left join ' ~ moved ~ ' as moved on present.customer_id = moved.customer_id'
            ~ ' where ' ~ differing | join(' or ')
            ~ ') as moved where standing.customer_id = moved.customer_id'
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
