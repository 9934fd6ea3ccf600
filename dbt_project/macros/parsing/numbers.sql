{#- A decimal(18, scale), null if it cannot be read without guessing:
    12.34, -12.34, 12,34 (one comma with one or two digits after it), 1,234.56 and 1.234,56 (both marks: the last one
    is the decimal's). Not read: 1,234 (thousands or thousandths?), N/A, 12 EUR, 1e3. -#}
{% macro parse_decimal(column, scale=2) -%}
    case
        when {{ matches_whole(trimmed(column), '[+-]?[0-9]+([.][0-9]+)?') }}
            then {{ try_decimal(trimmed(column), scale) }}
        when {{ matches_whole(trimmed(column), '[+-]?[0-9]+,[0-9][0-9]?') }}
            then {{ try_decimal("replace(" ~ trimmed(column) ~ ", ',', '.')", scale) }}
        when {{ matches_whole(trimmed(column), '[+-]?[0-9]+(,[0-9][0-9][0-9])+[.][0-9]+') }}
            then {{ try_decimal("replace(" ~ trimmed(column) ~ ", ',', '')", scale) }}
        when {{ matches_whole(trimmed(column), '[+-]?[0-9]+([.][0-9][0-9][0-9])+,[0-9]+') }}
            then {{ try_decimal(
                "replace(replace(" ~ trimmed(column) ~ ", '.', ''), ',', '.')", scale
            ) }}
    end
{%- endmacro %}


{#- A whole number, also from 12.0; null if it is none. -#}
{% macro parse_integer(column) -%}
    case
        when {{ matches_whole(trimmed(column), '[+-]?[0-9]+([.]0+)?') }}
            then {{ try_bigint(trimmed(column)) }}
    end
{%- endmacro %}


{% macro try_decimal(text, scale) -%}{{ return(adapter.dispatch('try_decimal', 'kindred')(text, scale)) }}{%- endmacro %}

{% macro default__try_decimal(text, scale) -%}
    try_cast({{ text }} as decimal(18, {{ scale }}))
{%- endmacro %}


{% macro try_bigint(text) -%}{{ return(adapter.dispatch('try_bigint', 'kindred')(text)) }}{%- endmacro %}

{#- Through a decimal, because engines differ in whether '12.0' casts to an integer. -#}
{% macro default__try_bigint(text) -%}
    try_cast(try_cast({{ text }} as decimal(38, 1)) as {{ dbt.type_bigint() }})
{%- endmacro %}


{#- Whether the whole text has this shape. Shapes use [0-9] and no backslash, so that engines agree on them. -#}
{% macro matches_whole(text, pattern) -%}
    {{ return(adapter.dispatch('matches_whole', 'kindred')(text, pattern)) }}
{%- endmacro %}

{% macro default__matches_whole(text, pattern) -%}
    regexp_like({{ text }}, '^({{ pattern }})$')
{%- endmacro %}

{% macro duckdb__matches_whole(text, pattern) -%}
    regexp_full_match({{ text }}, '{{ pattern }}')
{%- endmacro %}
