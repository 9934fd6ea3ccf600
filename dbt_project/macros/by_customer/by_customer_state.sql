{#- `by_customer`: which customers are due. -#}

{#- The number of the last build whose changes this one can hold: that of customer_versions, or less where a model of this
    kind that it reads was left behind. -#}
{% macro last_change() %}
    {%- set query = 'select coalesce(max(changed_in), 0) from ' ~ ref('customer_versions') -%}
    {%- set builds = [run_query(query).rows[0][0] | int] -%}
    {%- for id in model.depends_on.nodes if graph.nodes[id].config.materialized == 'by_customer' -%}
        {%- do builds.append((kindred.built_of(kindred.relation_of(graph.nodes[id])) or {'build': 0}).build) -%}
    {%- endfor -%}
    {{ return(builds | min) }}
{% endmacro %}


{% macro relation_of(node) %}
    {{ return(api.Relation.create(node.database, node.schema, node.alias, type='table')) }}
{% endmacro %}


{#- The build that the standing table holds and that this one may build on, or none: everything is to be built anew.
    Numbers that went back mean that customer_versions was dropped. Where many are due, writing all is cheaper. -#}
{% macro build_to_build_on(existing, now) %}
    {%- set built = kindred.built_of(this) -%}
    {%- if existing is none or existing.type != 'table' or should_full_refresh() or built is none -%}
        {{ return(none) }}
    {%- endif -%}
    {%- if kindred.moving_nodes() and not kindred.can_update_from() -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set is_much = kindred.share_due_since(built.build) > var('rebuild_above') | float -%}
    {%- if built.rules != now.rules or built.build > now.build or is_much -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(built.build) }}
{% endmacro %}


{% macro share_due_since(build) %}
    {%- set query -%}
        select
            sum(case when changed_in > {{ build }} then 1.0 else 0.0 end) / count(*)
        from {{ ref('customer_versions') }}
    {%- endset -%}
    {{ return((run_query(query).rows[0][0] or 0) | float) }}
{% endmacro %}


{#- All that decides the rows of a customer beside what customer_versions watches: the text of the model, which holds what
    macros and variables made of it, its columns, and whatever else it reads. A model of this kind that it reads
    answers with its own rules; anything else is read and hashed, so that a changed seed or share makes everybody due. -#}
{% macro rules_of_model(text) %}
    {%- set watched = graph.nodes[kindred.versions_id()].depends_on.nodes -%}
    {%- set rules = [text] -%}
    {%- for column in model.columns.values() -%}
        {%- do rules.append(column.name ~ ' ' ~ column.data_type) -%}
    {%- endfor -%}
    {%- set known = watched + kindred.moving_nodes() | map(attribute='unique_id') | list + [kindred.versions_id()] -%}
    {%- for id in model.depends_on.nodes | sort if id not in known -%}
        {%- if graph.nodes[id].name not in config.get('because_of', []) -%}
            {%- do rules.append(id ~ ' ' ~ kindred.state_of(graph.nodes[id])) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(local_md5(rules | join('\n'))) }}
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
    {%- set watched = graph.nodes[kindred.versions_id()].depends_on.nodes -%}
    {%- for id in model.depends_on.nodes if config.get('has_moving_traits') and id not in watched -%}
        {%- if id != kindred.versions_id() and not kindred.tells_who_changed(graph.nodes[id]) -%}
            {%- do nodes.append(graph.nodes[id]) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(nodes) }}
{% endmacro %}


{#- Whether the rows of a customer in that model change only when this model counts them as due. -#}
{% macro tells_who_changed(node) %}
    {%- set also_due = node.config.get('also_due') -%}
    {{ return(node.config.materialized == 'by_customer' and also_due in [none, config.get('also_due')]) }}
{% endmacro %}


{% macro state_of(node) %}
    {%- if node.config.materialized == 'ephemeral' -%}
        {%- do exceptions.raise_compiler_error(
            "by_customer: '" ~ model.name ~ "' reads '" ~ node.name ~ "', which is ephemeral: make it a view."
        ) -%}
    {%- endif -%}
    {%- set relation = kindred.relation_of(node) -%}
    {%- if kindred.tells_who_changed(node) -%}
        {{ return((kindred.built_of(relation) or {'rules': 'unknown'}).rules) }}
    {%- endif -%}
    {%- set query = 'select count(*), sum(' ~ kindred.row_number_of('read') ~ ') from ' ~ relation ~ ' as read' -%}
    {{ return(run_query(query).rows[0] | join(' ')) }}
{% endmacro %}


{#- A number that depends on the content of a row only; numbers of many rows are added up, in whatever order. -#}
{% macro row_number_of(row) %}{{ return(adapter.dispatch('row_number_of', 'kindred')(row)) }}{% endmacro %}

{% macro default__row_number_of(row) -%}
    cast({{ kindred.hash64(kindred.raw_row_json(kindred.whole_row(row))) }} as decimal(38, 0))
{%- endmacro %}

{% macro duckdb__row_number_of(row) -%}
    hash({{ row }})
{%- endmacro %}


{#- Every row of the given tables as its customer and a number that depends on its content. -#}
{% macro rows_of_customers(relations) %}
    {%- for relation in relations %}
    select
        customer_id,
        {{ kindred.row_number_of('watched_rows') }} as row_number_of_content
    from {{ relation }} as watched_rows
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}
