{#-
    The second horizon. `as_of` says what had happened, the variable `known_at` what had been loaded: with it every raw
    table is read as it stood then, so that a row that came late does not stand in a past day. Without it nothing changes.

    dbt takes a macro of this name for its own source(). It looks for it in the project that reads the table, so `kindred
    register` writes the same line into a company's project.
-#}
{% macro source(source_name, table_name) %}
    {{ return(kindred.known_rows(builtins.source(source_name, table_name), source_name, table_name)) }}
{% endmacro %}


{#- The rows of a raw table that had been loaded. A source that says `meta: {known: always}` is read whole: it has no past. -#}
{% macro known_rows(relation, source_name, table_name) %}
    {%- if not execute or not var('known_at', none) or kindred.is_known_always(source_name, table_name) -%}
        {{ return(relation) }}
    {%- endif -%}
    {%- set columns = adapter.get_column_schema_from_query(get_empty_subquery_sql('select * from ' ~ relation)) -%}
    {%- if '_loaded_at' not in columns | map(attribute='name') | map('lower') -%}
        {%- do exceptions.raise_compiler_error(
            "The source " ~ source_name ~ "." ~ table_name ~ " has no column _loaded_at, so what was known of it on a past"
            ~ " day cannot be told: load it with one, or say `meta: {known: always}` in its YAML."
        ) -%}
    {%- endif -%}
    {{ return(
        "(select * from " ~ relation ~ " where _loaded_at < cast('" ~ var('known_at') ~ "' as timestamp)) as known_rows"
    ) }}
{% endmacro %}


{% macro is_known_always(source_name, table_name) %}
    {%- for node in graph.sources.values() if node.source_name == source_name and node.name == table_name -%}
        {{ return(node.config.get('meta', {}).get('known') == 'always') }}
    {%- endfor -%}
    {{ return(false) }}
{% endmacro %}
