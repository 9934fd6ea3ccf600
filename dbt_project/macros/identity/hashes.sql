{#- A 60-bit integer from text, the same on every engine: the first 15 hexadecimal digits of its MD5. -#}
{% macro hash64(text) %}{{ return(adapter.dispatch('hash64', 'kindred')(text)) }}{% endmacro %}

{% macro default__hash64(text) -%}
    cast(conv(substr(md5({{ text }}), 1, 15), 16, 10) as bigint)
{%- endmacro %}

{% macro duckdb__hash64(text) -%}
    cast('0x' || substr(md5({{ text }}), 1, 15) as bigint)
{%- endmacro %}

{% macro postgres__hash64(text) -%}
    cast(('x0' || substr(md5({{ text }}), 1, 15))::bit(64) as bigint)
{%- endmacro %}


{#- The key of one (type, value) pair. -#}
{% macro identifier_key(type, value) -%}
    {{ kindred.hash64(type ~ " || ':' || " ~ value) }}
{%- endmacro %}


{#- A customer's id: named after the identifier that founded it, and after how often that one founded a customer before. -#}
{% macro customer_key(type, value, mint_number) -%}
    'c_' || substr(md5({{ type }} || ':' || {{ value }} || case when {{ mint_number }} > 0
        then ':' || cast({{ mint_number }} as {{ dbt.type_string() }}) else '' end), 1, 16)
{%- endmacro %}


{#- The key of a link between two identifiers; what is not said by records but otherwise has a key of its own. -#}
{% macro link_key(identifier_id, anchor_identifier_id, said_by=none) -%}
    {{ kindred.hash64(
        ("'" ~ said_by ~ ":' || " if said_by else "") ~ "cast(" ~ identifier_id ~ " as " ~ dbt.type_string()
        ~ ") || ':' || cast(" ~ anchor_identifier_id ~ " as " ~ dbt.type_string() ~ ")"
    ) }}
{%- endmacro %}


{#- The key of what happened to a customer, or between two, in a run. -#}
{% macro change_key(run_number, whom) -%}
    {{ kindred.hash64("cast(" ~ run_number ~ " as " ~ dbt.type_string() ~ ") || ':' || " ~ whom) }}
{%- endmacro %}
