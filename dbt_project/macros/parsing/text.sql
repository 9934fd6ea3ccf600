{#- Text without the white space around it; null where a source wrote a word for "nothing".
    The words are matched as tools write them and not in any case, because Null is also a surname. -#}
{% macro blank_to_null(column) -%}
    case
        when {{ trimmed(column) }} not in (
            '', 'null', 'NULL', '(null)', 'N/A', 'n/a', 'none', 'None', 'NONE', 'nan', 'NaN', 'undefined'
        )
            then {{ trimmed(column) }}
    end
{%- endmacro %}


{#- Text without spaces, tabs, line breaks and no-break spaces at its ends. -#}
{% macro trimmed(column) -%}{{ return(adapter.dispatch('trimmed', 'kindred')(column)) }}{%- endmacro %}

{% macro default__trimmed(column) -%}
    trim(both ' ' || chr(9) || chr(10) || chr(13) || chr(160) from {{ column }})
{%- endmacro %}

{% macro duckdb__trimmed(column) -%}
    trim({{ column }}, ' ' || chr(9) || chr(10) || chr(13) || chr(160))
{%- endmacro %}


{#- Lower-case text, for codes that a source writes in any case: statuses, types, channels. Null when blank. -#}
{% macro normalise_code(column) -%}
    lower({{ blank_to_null(column) }})
{%- endmacro %}


{#- True or false from the ways in which tools write them; null if it is neither. -#}
{% macro parse_boolean(column) -%}
    case
        when lower({{ trimmed(column) }}) in ('true', 't', 'yes', 'y', '1') then true
        when lower({{ trimmed(column) }}) in ('false', 'f', 'no', 'n', '0') then false
    end
{%- endmacro %}
