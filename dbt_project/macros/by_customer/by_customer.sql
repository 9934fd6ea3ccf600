{#-
    Materialization `by_customer`: rewrite the rows of the customers of whom something changed, and of nobody else.
    docs/incremental.md tells those who write models what it promises; this file and its neighbours do it.

    The model selects as if all was built anew, and says of each table of customers that it reads `where {{ is_due() }}`.
    Beside the table stands `<model>__built`, one row: the last change that is in it, and the rules it was built by.
-#}
{% materialization by_customer, default %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
    {%- set backup_type = 'table' if existing_relation is none else existing_relation.type -%}
    {%- set backup_relation = make_backup_relation(target_relation, backup_type) -%}

    {{ drop_relation_if_exists(load_cached_relation(intermediate_relation)) }}
    {{ drop_relation_if_exists(load_cached_relation(backup_relation)) }}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set state = kindred.state_of_build(existing_relation) -%}
    {%- set since, now = state.since, state.now -%}
    {%- if since is none -%}
        {%- do kindred.write_everybody(existing_relation, intermediate_relation, backup_relation, now) -%}
    {%- elif since < now.build or config.get('also_due') -%}
        {%- do kindred.write_due(existing_relation, state) -%}
    {%- endif -%}
    {%- if since is not none -%}
        {%- do kindred.write_moving(existing_relation) -%}
    {%- endif -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do apply_grants(target_relation, config.get('grants'), should_revoke(existing_relation, full_refresh_mode=since is none)) %}
    {% do persist_docs(target_relation, model) %}
    {{ adapter.commit() }}
    {{ drop_relation_if_exists(backup_relation if since is none and existing_relation is not none else none) }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {%- set message = 'EVERYBODY' if since is none else 'CHANGES ' ~ since ~ ' TO ' ~ now.build -%}
    {% call noop_statement('main', message) %}{% endcall %}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{#- The condition that a model of this kind puts on each table that it reads. In the text that dbt compiles it only leaves
    out nobody's rows, so that the text is the whole model; a run that builds on what stands narrows it. -#}
{% macro is_due(column='customer_id') -%}
    {%- if not execute -%}{%- do ref('customer_versions') -%}{%- endif -%}
    {{ column }} is not null /* is_due */
{%- endmacro %}


{#- The same where the rows of nobody belong to the model too: they are written anew together, when one of them changed. -#}
{% macro is_due_or_nobodys(column='customer_id') -%}
    {{ kindred.is_due("coalesce(" ~ column ~ ", '')") }}
{%- endmacro %}


{#- The model's text, narrowed to the customers that changed after that build. -#}
{% macro narrow_to_due(text, since, is_nobody_due) -%}
    {%- if not is_nobody_due -%}
        {%- set text = modules.re.sub("coalesce[(]([a-z_0-9.]+), ''[)] is not null /[*] is_due [*]/", '\\1 is not null /* is_due */', text) -%}
    {%- endif -%}
    {{ modules.re.sub("(coalesce[(][a-z_0-9.]+, ''[)]|[a-z_0-9.]+) is not null /[*] is_due [*]/", kindred.is_due_since('\\1', since), text) }}
{%- endmacro %}


{% macro is_due_since(column, since) -%}
    {{ column }} is not null
    and {{ column }} in (
        select changed.customer_id from {{ ref('customer_versions') }} as changed where changed.changed_in > {{ since }}
        {{ 'union all select customer_id from ' ~ ref(config.get('also_due')) if config.get('also_due') }}
    )
{%- endmacro %}
