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


{#- Text without spaces, tabs, line breaks, no-break spaces, NUL and marks that show nothing at its ends. -#}
{% macro trimmed(column) -%}{{ return(adapter.dispatch('trimmed', 'kindred')(column)) }}{%- endmacro %}

{% macro default__trimmed(column) -%}
    trim(both ' ' || chr(9) || chr(10) || chr(13) || chr(160) from {{ column }})
{%- endmacro %}

{#- A pattern is read once; the characters of trim() are read anew for each row, which takes more than twice as long. -#}
{% macro duckdb__trimmed(column) -%}
    {%- set marks = '\\x{200B}\\x{200E}\\x{200F}\\x{202A}-\\x{202E}\\x{2060}\\x{2066}-\\x{2069}\\x{FEFF}' -%}
    {%- set blank = '[ \\t\\n\\r\\x00\\x{A0}' ~ marks ~ ']+' -%}
    regexp_replace({{ column }}, '^{{ blank }}|{{ blank }}$', '', 'g')
{%- endmacro %}


{#- Each letter with its marks as one character, where there is one. DuckDB's function ends a text at a NUL. -#}
{% macro composed(text) -%}
    nfc_normalize(replace({{ text }}, chr(0), ''))
{%- endmacro %}


{#- Free text as people may read it, null when it is blank. -#}
{% macro readable_text(column) -%}
    {{ blank_to_null(printable(column)) }}
{%- endmacro %}


{#- Without NUL and other control characters, which CSV files and some databases refuse, and without marks that turn the
    direction of what stands around them. Line breaks and tabs become spaces. Emoji and every script stay. -#}
{% macro printable(column) -%}{{ return(adapter.dispatch('printable', 'kindred')(column)) }}{%- endmacro %}

{% macro default__printable(column) -%}
    regexp_replace({{ column }}, '[[:cntrl:]]+', ' ')
{%- endmacro %}

{% macro duckdb__printable(column) -%}
    regexp_replace(
        regexp_replace({{ column }}, '[\t\n\r]+', ' ', 'g'), '{{ kindred.unreadable_characters() }}', '', 'g'
    )
{%- endmacro %}


{#- Control characters and marks of direction, as a pattern. -#}
{% macro unreadable_characters() -%}
    {{ return(
        '[\\x00-\\x1F\\x7F-\\x{9F}\\x{200B}\\x{200E}\\x{200F}\\x{202A}-\\x{202E}\\x{2060}'
        ~ '\\x{2066}-\\x{2069}\\x{FEFF}]'
    ) }}
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
