{#- The SHA-256 of a text as 64 lower-case hexadecimal digits. -#}
{% macro sha256_of(text) %}{{ return(adapter.dispatch('sha256_of', 'kindred')(text)) }}{% endmacro %}

{% macro default__sha256_of(text) -%}
    sha2({{ text }}, 256)
{%- endmacro %}

{% macro duckdb__sha256_of(text) -%}
    sha256({{ text }})
{%- endmacro %}

{% macro postgres__sha256_of(text) -%}
    encode(sha256(convert_to({{ text }}, 'UTF8')), 'hex')
{%- endmacro %}
