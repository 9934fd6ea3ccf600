{#-
    `by_customer`: the rows of who is due, kept until the run ends.

    What a model writes for those who are due is all that the models after it have to read, as they narrow their inputs to the same
    customers. On DuckDB it stays in memory, beside the warehouse: to find two customers in a hundred, a table has to be read
    as a whole. customer_versions makes the room for it. A table there bears the numbers of the builds that it lies between, and
    that of the run, so that nothing else is ever taken for it; who does not find it reads the model's table.
-#}
{% macro make_room_for_due() %}{{ return(adapter.dispatch('make_room_for_due', 'kindred')()) }}{% endmacro %}

{% macro default__make_room_for_due() %}{% endmacro %}

{% macro duckdb__make_room_for_due() -%}
    {%- if not adapter.is_motherduck() -%}
    detach database if exists kindred_due; attach ':memory:' as kindred_due
    {%- endif -%}
{%- endmacro %}


{% macro ask_kept() %}{{ return(adapter.dispatch('ask_kept', 'kindred')()) }}{% endmacro %}

{% macro default__ask_kept() %}{% endmacro %}

{% macro duckdb__ask_kept() -%}
    select 'room', 0, '', 0 from duckdb_databases() where database_name = 'kindred_due'
    union all
    select table_name, 0, '', 0 from duckdb_tables() where database_name = 'kindred_due'
{%- endmacro %}


{#- What the model writes for those who are due, kept if there is room, and where that is. A hook may have begun a transaction,
    in which DuckDB writes to one database only. -#}
{% macro make_due(existing, names, rows, state) %}
    {%- set has_room = 'room' in state.answers and not pre_hooks -%}
    {%- set due = kindred.kept_rows(kindred.kept_name(model, state.since, state.now.build)) if has_room
        else 'due_' ~ existing.identifier -%}
    {%- do run_query(
        'create or replace ' ~ ('' if has_room else 'temp ') ~ 'table ' ~ due ~ ' as select ' ~ names
        ~ ', hash(' ~ names ~ ') as print from (' ~ rows ~ ') as due'
    ) -%}
    {{ return(due) }}
{% endmacro %}


{% macro kept_name(node, since, build) %}
    {{ return([node.unique_id, since, build, invocation_id] | join(' ')) }}
{% endmacro %}


{% macro kept_rows(name) %}{{ return('kindred_due.main."' ~ name ~ '"') }}{% endmacro %}


{#- Whether those rows are there for the models after this one; if not, the model drops them itself. -#}
{% macro is_kept(due) %}{{ return(due.startswith('kindred_due.')) }}{% endmacro %}


{#- The model's text with the kept rows in the place of the tables that they are of; but who is due of those models anyway is
    asked of the table. -#}
{% macro read_kept(text, state) %}
    {%- set read = namespace(text=text) -%}
    {%- for id in model.depends_on.nodes if id in state.answers and graph.nodes[id].name != config.get('also_due') -%}
        {%- set name = kindred.kept_name(graph.nodes[id], state.since, state.answers[id].build) -%}
        {%- if name in state.answers -%}
            {%- set rows = '(select * exclude (print) from ' ~ kindred.kept_rows(name) ~ ')' -%}
            {%- set read.text = read.text.replace(graph.nodes[id].relation_name, rows) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(read.text) }}
{% endmacro %}
