{#- `by_customer`: which customers are due. -#}

{#- What a run has to know before it writes: `now`, the last change that this build can hold and the rules that it goes by,
    and `since`, the build that stands and may be built on, or none: everything is to be built anew. The last change is that
    of customer_versions, or an earlier one where a model of this kind that is read was left behind. What is nobody's is
    due only where it changed, as a condition that allows for it keeps engines from beginning with those who are due. -#}
{% macro state_of_build(existing) %}
    {%- set answers = kindred.ask_inputs() -%}
    {%- set builds = [answers['versions'].build] -%}
    {%- for id in model.depends_on.nodes if graph.nodes[id].config.materialized == 'by_customer' -%}
        {%- do builds.append(answers.get(id, {'build': 0}).build) -%}
    {%- endfor -%}
    {%- set now = {'build': builds | min, 'rules': kindred.rules_of_model(compiled_code, answers)} -%}
    {%- set since = kindred.build_to_build_on(existing, answers.get('this'), now) -%}
    {{ return({
        'now': now,
        'since': since,
        'is_nobody_due': since is not none and answers.get('nobody', {'build': 0}).build > since,
        'answers': answers,
    }) }}
{% endmacro %}


{% macro relation_of(node) %}
    {{ return(api.Relation.create(node.database, node.schema, node.alias, type='table')) }}
{% endmacro %}


{#- The builds and rules of this model and of those of its kind that it reads, and the content of all else, by one statement:
    each costs dbt more than it costs the engine. What was never built does not answer. -#}
{% macro ask_inputs() %}
    {%- set questions = [kindred.ask_versions(), kindred.ask_nobody(), kindred.ask_this(), kindred.ask_kept()] -%}
    {%- for id in model.depends_on.nodes if id != kindred.versions_id() -%}
        {%- do questions.append(kindred.ask_built(graph.nodes[id])) -%}
        {%- if kindred.is_hashed(graph.nodes[id]) -%}
            {%- do questions.append(kindred.ask_content(graph.nodes[id])) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set answers = {} -%}
    {%- for row in run_query(questions | select | join('\nunion all\n')).rows -%}
        {%- do answers.update({row[0]: {'build': row[1] | int, 'rules': row[2], 'share_due': row[3] | float}}) -%}
    {%- endfor -%}
    {{ return(answers) }}
{% endmacro %}


{% macro ask_versions() -%}
    select
        'versions' as input,
        coalesce(max(changed_in), 0) as build,
        cast('' as {{ dbt.type_string() }}) as rules,
        cast(0 as {{ dbt.type_float() }}) as share_due
    from {{ ref('customer_versions') }}
{%- endmacro %}


{#- Only of a model to which the rows of nobody belong. -#}
{% macro ask_nobody() -%}
    {%- if "'') is not null /* is_due */" in compiled_code -%}
    select 'nobody', coalesce(max(changed_in), 0), '', 0 from {{ ref('customer_versions') }} where customer_id = ''
    {%- endif -%}
{%- endmacro %}


{#- Who is due is counted and not compared one by one: an engine knows how many rows there are, and where late numbers stand. -#}
{% macro ask_this() -%}
    {%- set built = load_cached_relation(kindred.built_relation(this)) -%}
    {%- if built -%}
    select
        'this',
        max(built.build),
        max(built.rules),
        cast(count(versions.changed_in) as {{ dbt.type_float() }})
        / greatest((select count(*) from {{ ref('customer_versions') }}), 1)
    from {{ built }} as built
    left join {{ ref('customer_versions') }} as versions on versions.changed_in > built.build
    having count(*) > 0
    {%- endif -%}
{%- endmacro %}


{% macro ask_built(node) -%}
    {%- set built = load_cached_relation(kindred.built_relation(kindred.relation_of(node))) -%}
    {%- if built and node.config.materialized == 'by_customer' -%}
    select '{{ node.unique_id }}', build, rules, 0 from {{ built }}
    {%- endif -%}
{%- endmacro %}


{% macro ask_content(node) -%}
    {%- set sum_of_rows = 'sum(' ~ kindred.row_number_of('read_rows') ~ ')' -%}
    select
        'content of {{ node.unique_id }}',
        0,
        cast(count(*) as {{ dbt.type_string() }}) || ' ' || coalesce(cast({{ sum_of_rows }} as {{ dbt.type_string() }}), ''),
        0
    from {{ kindred.relation_of(node) }} as read_rows
{%- endmacro %}


{#- Numbers that went back mean that customer_versions was dropped. Where many are due, writing all is cheaper. -#}
{% macro build_to_build_on(existing, built, now) %}
    {%- if existing is none or existing.type != 'table' or should_full_refresh() or not built -%}
        {{ return(none) }}
    {%- endif -%}
    {%- if kindred.moving_nodes() and not kindred.can_update_from() -%}
        {{ return(none) }}
    {%- endif -%}
    {%- if built.rules != now.rules or built.build > now.build or built.share_due > var('rebuild_above') | float -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(built.build) }}
{% endmacro %}


{#- All that decides the rows of a customer beside what customer_versions watches: the text of the model, which holds what
    macros and variables made of it, its columns, and whatever else it reads. A model of this kind that it reads
    answers with its own rules; anything else is read and hashed, so that a changed seed or share makes everybody due. -#}
{% macro rules_of_model(text, answers) %}
    {%- set rules = [text] -%}
    {%- for column in model.columns.values() -%}
        {%- do rules.append(column.name ~ ' ' ~ column.data_type) -%}
    {%- endfor -%}
    {%- for id in model.depends_on.nodes | sort if kindred.bears_on_rules(graph.nodes[id]) -%}
        {%- set key = 'content of ' ~ id if kindred.is_hashed(graph.nodes[id]) else id -%}
        {%- do rules.append(id ~ ' ' ~ answers.get(key, {'rules': 'unknown'}).rules) -%}
    {%- endfor -%}
    {{ return(local_md5(rules | join('\n'))) }}
{% endmacro %}


{#- Not: what customer_versions watches, and what each run compares or counts as due. -#}
{% macro bears_on_rules(node) %}
    {%- set is_counted_as_due = node.name in config.get('because_of', []) -%}
    {{ return(not (kindred.is_watched(node) or is_counted_as_due or kindred.is_moving(node))) }}
{% endmacro %}


{#- Whether customer_versions says of whom something changed in it. -#}
{% macro is_watched(node) %}
    {%- set versions = kindred.versions_id() -%}
    {{ return(node.unique_id in graph.nodes[versions].depends_on.nodes + [versions]) }}
{% endmacro %}


{% macro is_hashed(node) %}
    {%- set is_hashed = kindred.bears_on_rules(node) and not kindred.tells_who_changed(node) -%}
    {%- if is_hashed and node.config.materialized == 'ephemeral' -%}
        {%- do exceptions.raise_compiler_error(
            "by_customer: '" ~ model.name ~ "' reads '" ~ node.name ~ "', which is ephemeral: make it a view."
        ) -%}
    {%- endif -%}
    {{ return(is_hashed) }}
{% endmacro %}


{% macro versions_id() %}
    {%- for id in model.depends_on.nodes if id.split('.')[-1] == 'customer_versions' -%}
        {{ return(id) }}
    {%- endfor -%}
    {%- do exceptions.raise_compiler_error(
        "by_customer: '" ~ model.name ~ "' says of no table that it reads `where {{ is_due() }}`."
    ) -%}
{% endmacro %}


{#- What a model with `has_moving_traits` reads that does not say itself whose rows changed: one row a customer at most, in
    columns that the model has under the same names. -#}
{% macro moving_nodes() %}
    {%- set nodes = [] -%}
    {%- for id in model.depends_on.nodes if kindred.is_moving(graph.nodes[id]) -%}
        {%- do nodes.append(graph.nodes[id]) -%}
    {%- endfor -%}
    {{ return(nodes) }}
{% endmacro %}


{% macro is_moving(node) %}
    {%- set says_who_changed = kindred.is_watched(node) or kindred.tells_who_changed(node) -%}
    {{ return(config.get('has_moving_traits', false) and not says_who_changed) }}
{% endmacro %}


{#- Whether the rows of a customer in that model change only when this model counts them as due. -#}
{% macro tells_who_changed(node) %}
    {%- set also_due = node.config.get('also_due') -%}
    {{ return(node.config.materialized == 'by_customer' and also_due in [none, config.get('also_due')]) }}
{% endmacro %}


{#- A number that depends on the content of a row only; numbers of many rows are added up, in whatever order. -#}
{% macro row_number_of(row) %}{{ return(adapter.dispatch('row_number_of', 'kindred')(row)) }}{% endmacro %}

{% macro default__row_number_of(row) -%}
    cast({{ kindred.hash64(kindred.raw_row_json(kindred.whole_row(row))) }} as decimal(38, 0))
{%- endmacro %}

{% macro duckdb__row_number_of(row) -%}
    hash({{ row }})
{%- endmacro %}


{#- Every row of the given tables as its customer and a number that depends on its content. Rows that belong to records
    become numbers before it is asked whose they are, so that the engine joins numbers and not rows. The record's own row
    is counted with each of them, and alone where it has none, so that owners are read once. -#}
{% macro rows_of_customers(relations, records, owners) %}
    {%- for relation in relations %}
    select
        customer_id,
        {{ kindred.wide_row_number_of('watched_rows') }} as row_number_of_content
    from {{ relation }} as watched_rows
    union all
    {%- endfor %}
    select
        owners.customer_id,
        coalesce(watched_records.row_number_of_content, 0) + coalesce(owners.row_number_of_content, 0)
            as row_number_of_content
    from (
        {%- for relation in records %}
        select
            record_id,
            {{ kindred.wide_row_number_of('watched_rows') }} as row_number_of_content
        from {{ relation }} as watched_rows
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ) as watched_records
    full outer join (
        select
            record_id,
            customer_id,
            {{ kindred.wide_row_number_of('watched_rows') }} as row_number_of_content
        from {{ owners }} as watched_rows
    ) as owners on watched_records.record_id = owners.record_id
{% endmacro %}


{#- The same number with room for a sum of two. -#}
{% macro wide_row_number_of(row) -%}
    cast({{ kindred.row_number_of(row) }} as decimal(38, 0))
{%- endmacro %}
