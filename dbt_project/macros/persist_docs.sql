{#-
    Descriptions as comments, by one statement a model. dbt asks for the columns twice and writes in two, which costs more
    than most models of this project; an enforced contract says already that the columns are those of the YAML.
-#}
{% macro duckdb__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- if not model.config.contract.enforced -%}
        {{ return(default__persist_docs(relation, model, for_relation, for_columns)) }}
    {%- endif -%}
    {%- set comments = kindred.comments_on(relation, model, for_relation, for_columns) -%}
    {%- if comments -%}
        {%- do kindred.change(comments | join('\n')) -%}
    {%- endif -%}
{%- endmacro %}


{#- The statements that describe a model whose columns are those of its YAML. -#}
{% macro comments_on(relation, model, for_relation=true, for_columns=true) %}
    {%- set comments = [] -%}
    {%- if for_relation and config.persist_relation_docs() and model.description -%}
        {%- do comments.append(duckdb__alter_relation_comment(relation, model.description)) -%}
    {%- endif -%}
    {%- for column in model.columns.values() if for_columns and config.persist_column_docs() -%}
        {%- set name = adapter.quote(column.name) if column.quote else column.name -%}
        {%- do comments.append(
            'comment on column ' ~ relation ~ '.' ~ name ~ ' is ' ~ duckdb_escape_comment(column.description) ~ ';'
        ) -%}
    {%- endfor -%}
    {{ return(comments) }}
{% endmacro %}
