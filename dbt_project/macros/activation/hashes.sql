{#- One hash of several columns. Nulls keep their place, so that ('a', null) and (null, 'a') differ. -#}
{% macro hash_of(columns) -%}
    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- do parts.append("coalesce(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), '~')") -%}
    {%- endfor -%}
    {{ dbt.hash(parts | join(" || '|' || ")) }}
{%- endmacro %}


{#- The bucket from 0 to 9999 in which a unit stands for good under one salt: the first 8 hex digits of an md5, modulo. -#}
{% macro holdout_bucket(salt, unit) -%}
    mod({{ hex_to_integer("substr(" ~ dbt.hash(salt ~ " || ':' || " ~ unit) ~ ", 1, 8)") }}, 10000)
{%- endmacro %}


{#- A text of hexadecimal digits as a whole number. -#}
{% macro hex_to_integer(digits) %}{{ return(adapter.dispatch('hex_to_integer', 'kindred')(digits)) }}{% endmacro %}

{% macro duckdb__hex_to_integer(digits) -%}
    cast('0x' || {{ digits }} as bigint)
{%- endmacro %}

{% macro spark__hex_to_integer(digits) -%}
    cast(conv({{ digits }}, 16, 10) as bigint)
{%- endmacro %}

{% macro postgres__hex_to_integer(digits) -%}
    cast(cast('x' || lpad({{ digits }}, 16, '0') as bit(64)) as bigint)
{%- endmacro %}
